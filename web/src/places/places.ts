import { api, type Schemas } from '@/api/client'
import { recall, remember } from '@/device/remember'

/** A spot of the hospital, as pickers show it. */
export type Place = Pick<Schemas['OrgPlace'], 'id' | 'name' | 'fullName'>

/** Places by name, pinyin, initials or code, the best first. */
export const searchPlaces = async (text: string, signal?: AbortSignal): Promise<Place[]> =>
  (await api.get('/api/v1/places/search', { query: { text, limit: 20 }, signal })).items

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
