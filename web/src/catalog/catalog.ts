import { send } from '@/api/call'
import { locale } from '@/i18n/i18n'
import type { FormField } from '@/form/fields'

export interface Symptom {
  key: string
  label: string
  labelEn?: string
}

/** An item as lists show it. */
export interface CatalogEntry {
  id: string
  code: string
  nameZh: string
  nameEn: string
  version: number
  priority: string
  symptoms: Symptom[]
}

export interface CatalogFound extends CatalogEntry {
  /** Keys of the symptoms that fit the words. */
  matched: string[]
}

export interface CatalogBranch {
  id: string
  nameZh: string
  nameEn: string
  items: CatalogEntry[]
}

export interface CatalogItem extends CatalogEntry {
  form?: FormField[]
  evidence: { photoBefore: boolean; photoAfter: boolean; signature: boolean }
}

/** The whole catalogue; the browser keeps it and the server says whether it still holds. */
export async function catalogTree(): Promise<CatalogBranch[]> {
  return ((await send('GET', '/api/v1/catalog/tree')) as { categories: CatalogBranch[] }).categories
}

/** Items by words, pinyin or initials, the best first. */
export async function searchCatalog(words: string, signal?: AbortSignal): Promise<CatalogFound[]> {
  const query = `q=${encodeURIComponent(words)}&limit=20`
  return ((await send('GET', `/api/v1/catalog/search?${query}`, undefined, { signal })) as { items: CatalogFound[] }).items
}

/** One item with its form; without a version the one in force, with one the form an order was made with. */
export async function catalogItem(id: string, version = 0): Promise<CatalogItem> {
  return (await send('GET', `/api/v1/catalog/items/${encodeURIComponent(id)}?version=${version}`)) as CatalogItem
}

/** A fault somebody can choose: an item, and which of its symptoms. */
export interface Fault {
  item: CatalogEntry
  symptom?: Symptom
}

export const sameFault = (a: Fault | null, b: Fault | null) => a?.item.id === b?.item.id && a?.symptom?.key === b?.symptom?.key

/** The name in the language in use; the Chinese one where no other was given. */
export function itemName(item: { nameZh: string; nameEn: string }): string {
  return locale() === 'en' && item.nameEn ? item.nameEn : item.nameZh
}
