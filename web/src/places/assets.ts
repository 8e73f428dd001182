import { send } from '@/api/call'

/** A thing of the register, as pickers show it. */
export interface Asset {
  id: string
  number: string
  name: string
  placeName?: string
}

/** Assets by number, name, pinyin or initials. */
export async function searchAssets(words: string, signal?: AbortSignal): Promise<Asset[]> {
  const query = new URLSearchParams({ q: words, limit: '20' })
  return ((await send('GET', `/api/v1/assets?${query}`, undefined, { signal })) as { items: Asset[] }).items
}
