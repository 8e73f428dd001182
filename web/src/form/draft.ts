import { reactive, watch } from 'vue'
import { recall, remember } from '@/device/remember'

/**
 * What somebody is typing, kept on this device until it is sent: a reload, an ended session or a phone call in
 * between loses nothing. Only texts and numbers; files are kept by whoever holds them.
 */
export function useDraft<T extends object>(name: string, empty: T): { draft: T; clear: () => void } {
  const key = `draft.${name}`
  const draft = reactive({ ...empty, ...kept<T>(key) }) as T
  const stop = watch(draft, (now) => remember(key, JSON.stringify(now)), { deep: true })
  return {
    draft,
    clear() {
      stop()
      remember(key, null)
    },
  }
}

function kept<T>(key: string): Partial<T> {
  const text = recall(key)
  if (text === null) return {}
  try {
    return JSON.parse(text) as Partial<T>
  } catch {
    return {}
  }
}
