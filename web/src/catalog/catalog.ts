import { api, type Schemas } from '@/api/client'
import { locale } from '@/i18n/i18n'

/** One chip of the third level. */
export type Symptom = Schemas['CatalogSymptom']
/** An item as lists show it. */
export type CatalogEntry = Pick<Schemas['CatalogEntry'], 'id' | 'nameZh' | 'nameEn' | 'symptoms'>
/** A result of a search, with the keys of the symptoms that fit the words. */
export type CatalogFound = Schemas['CatalogFound']
/** A first-level category with its items. */
export type CatalogBranch = Schemas['CatalogBranch']
/** One version of an item with its form. */
export type CatalogItem = Schemas['CatalogItem']

/** The whole catalogue; the browser keeps it and the server says whether it still holds. */
export const catalogTree = async () => (await api.get('/api/v1/catalog/tree')).categories

/** Items by words, pinyin or initials, the best first. */
export const searchCatalog = async (q: string, signal?: AbortSignal) => (await api.get('/api/v1/catalog/search', { query: { q, limit: 20 }, signal })).items

/** What the words seem to be about: at most three items, the likeliest first. */
export async function suggestCatalog(words: string, signedIn: boolean, signal?: AbortSignal): Promise<CatalogEntry[]> {
  const asked = signedIn ? api.post('/api/v1/classify/suggest', { body: { words }, signal }) : api.post('/api/v1/public/suggest', { body: { words }, signal })
  const [{ candidates }, tree] = await Promise.all([asked, catalogTree()])
  const items = tree.flatMap((branch) => branch.items)
  return candidates.flatMap((one) => items.find((item) => item.id === one.itemId) ?? [])
}

/** One item with its form; without a version the one in force, with one the form an order was made with. */
export const catalogItem = (id: string, version = 0) => api.get('/api/v1/catalog/items/{id}', { path: { id }, query: { version } })

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
