import { send } from '@/api/call'
import type { CatalogEntry } from '@/catalog/catalog'

/** What a code stands on, and what is usually wrong with it. */
export interface Target {
  assetId?: string
  assetName?: string
  placeId?: string
  placeName?: string
  departmentName?: string
  /** Anyone may report here without signing in. */
  publicReport: boolean
  /** What is usually wrong with such a thing. */
  usual: CatalogEntry[]
}

/** What the scanned or typed code stands on. */
export async function resolveCode(code: string): Promise<Target> {
  return (await send('GET', `/api/v1/codes/${encodeURIComponent(code)}`)) as Target
}
