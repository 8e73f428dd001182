import { onScopeDispose, ref, shallowRef, watch } from 'vue'
import { asProblem, type Problem } from './problem'

/**
 * What the server says, loaded now and whenever `key` changes. Old data stays while new is loaded with the same
 * key, so that nothing jumps.
 */
export function useLoad<T>(key: () => unknown, fetch: () => Promise<T>) {
  const data = shallowRef<T>()
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
      problem.value = null
    } catch (thrown) {
      if (mine === round) problem.value = asProblem(thrown)
    } finally {
      if (mine === round) loading.value = false
    }
  }

  watch(
    key,
    () => {
      data.value = undefined
      void reload()
    },
    { immediate: true },
  )
  onScopeDispose(() => round++)
  return { data, problem, loading, reload }
}
