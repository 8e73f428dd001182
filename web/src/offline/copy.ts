import { computed, shallowRef, watch } from 'vue'
import { useLoad } from '@/api/load'
import { copies } from './store'

/**
 * What the server says, with the last copy of it shown at once and whenever there is no signal. `key` names the
 * copy; when it changes, everything is loaded anew.
 */
export function useCopy<T>(key: () => string, fetch: () => Promise<T>) {
  const load = useLoad(key, async () => {
    const name = key()
    const fresh = await fetch()
    // A full or refused storage only means no copy for later.
    void copies.put(name, fresh).catch(() => undefined)
    return fresh
  })
  const copy = shallowRef<{ savedAt: number; value: T }>()
  /** When the shown data was saved, Unix milliseconds; undefined once it is fresh from the server. */
  const savedAt = computed(() => (copy.value && load.data.value === copy.value.value ? copy.value.savedAt : undefined))

  watch(
    key,
    async (wanted) => {
      const kept = await copies.get<T>(wanted).catch(() => undefined)
      if (!kept || load.data.value !== undefined || key() !== wanted) return
      copy.value = kept
      load.data.value = kept.value
    },
    { immediate: true },
  )
  return { ...load, savedAt }
}
