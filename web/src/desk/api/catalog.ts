import { api, type Schemas } from '@/api/client'

export type Entry = Schemas['CatalogEntry']
export type Found = Schemas['CatalogFound']
export type Category = Schemas['CatalogCategory']
export type Branch = Schemas['CatalogBranch']
export type Tree = Schemas['CatalogTree']
/** Everything a version of an item says. Limits are minutes. */
export type Content = Schemas['CatalogContent']
export type Item = Schemas['CatalogItem']
export type Draft = Schemas['CatalogDraft']
export type Published = Schemas['CatalogPublished']
export type CategoryBody = Schemas['CatalogCategoryBody']

const at = (id: string) => ({ path: { id } })
export const catalogTree = (editing = false) => api.get('/api/v1/catalog/tree', { query: { editing } })
export const searchItems = async (q: string, signal?: AbortSignal) => (await api.get('/api/v1/catalog/search', { query: { q, limit: 20 }, signal })).items
export const getItem = (id: string, version = 0) => api.get('/api/v1/catalog/items/{id}', { ...at(id), query: { version } })
export const createItem = (code: string, content: Content) => api.post('/api/v1/catalog/items', { body: { code, content } })
export const getDraft = (id: string) => api.get('/api/v1/catalog/items/{id}/draft', at(id))
export const saveDraft = (id: string, version: number, content: Content) => api.put('/api/v1/catalog/items/{id}/draft', { ...at(id), body: { version, content } })
export const dropDraft = (id: string, version: number) => api.delete('/api/v1/catalog/items/{id}/draft', { ...at(id), query: { version } })
export const publishItem = (id: string, version: number, note: string) => api.post('/api/v1/catalog/items/{id}/publish', { ...at(id), body: { version, note: note || undefined } })
export const setItemActive = (id: string, version: number, active: boolean) => api.post('/api/v1/catalog/items/{id}/active', { ...at(id), body: { version, active } })
export const itemVersions = async (id: string) => (await api.get('/api/v1/catalog/items/{id}/versions', at(id))).items
export const saveCategory = (id: string | undefined, body: CategoryBody) => (id ? api.put('/api/v1/catalog/categories/{id}', { ...at(id), body }) : api.post('/api/v1/catalog/categories', { body }))
export const reorderCatalog = (revision: number, categories: Schemas['CatalogOrdering'][]) => api.put('/api/v1/catalog/order', { body: { revision, categories } })
