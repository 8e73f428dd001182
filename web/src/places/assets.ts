import { api, type Schemas } from '@/api/client'

/** A thing of the register, as pickers show it. */
export type Asset = Pick<Schemas['AssetView'], 'id' | 'number' | 'name' | 'placeName'>

/** Assets by number, name, pinyin or initials. */
export const searchAssets = async (text: string, signal?: AbortSignal): Promise<Asset[]> =>
  (await api.get('/api/v1/assets', { query: { q: text, limit: 20 }, signal })).items
