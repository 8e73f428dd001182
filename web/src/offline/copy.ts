import { onScopeDispose, ref, shallowRef, watch } from 'vue'
import { asProblem, type Problem } from '@/api/problem'
import { copies } from './store'

/**
 * What the server says, with the last copy of it shown at once and whenever there is no signal. `key` names the
 * copy; when it changes, everything is loaded anew.
 */
export function useCopy<T>(key: () => string, fetch: () => Promise<T>) {
  const data = shallowRef<T>()
  /** When the shown data was saved, Unix milliseconds; undefined once it is fresh from the server. */
  const savedAt = ref<number>()
  const problem = shallowRef<Problem | null>(null)
  const loading = ref(false)
  let round = 0

  async function reload(): Promise<void> {
    const mine = ++round
    loading.value = true
    try {
      const fresh = await fetch()
      if (mine !== round) return
      data.value = fresh
      savedAt.value = undefined
      problem.value = null
      // A full or refused storage only means no copy for later.
      await copies.put(key(), fresh).catch(() => undefined)
    } catch (thrown) {
      if (mine === round) problem.value = asProblem(thrown)
    } finally {
      if (mine === round) loading.value = false
    }
  }

  watch(
    key,
    async (wanted) => {
      data.value = undefined
      void reload()
      const copy = await copies.get<T>(wanted).catch(() => undefined)
      if (copy && data.value === undefined && key() === wanted) {
        data.value = copy.value
        savedAt.value = copy.savedAt
      }
    },
    { immediate: true },
  )
  onScopeDispose(() => round++)
  return { data, savedAt, problem, loading, reload }
}
