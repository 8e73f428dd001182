import { send } from '@/api/call'
import { recall, remember } from '@/device/remember'

/** A spot of the hospital, as pickers show it. */
export interface Place {
  id: string
  name: string
  /** Names from the campus down, parted by slashes. */
  fullName: string
}

/** Places by name, pinyin, initials or code, the best first. */
export async function searchPlaces(words: string, signal?: AbortSignal): Promise<Place[]> {
  const query = new URLSearchParams({ text: words, limit: '20' })
  return ((await send('GET', `/api/v1/places/search?${query}`, undefined, { signal })) as { items: Place[] }).items
}

const key = 'recentPlaces'

/** The places chosen lately on this device: people report from where they work. */
export function recentPlaces(): Place[] {
  try {
    return JSON.parse(recall(key) ?? '[]') as Place[]
  } catch {
    return []
  }
}

/** Puts a place first among those chosen lately. */
export function usePlace({ id, name, fullName }: Place): void {
  remember(key, JSON.stringify([{ id, name, fullName }, ...recentPlaces().filter((one) => one.id !== id)].slice(0, 6)))
}
