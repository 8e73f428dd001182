import { send } from '@/api/call'
import { api, type Schemas } from '@/api/client'
import { address } from './rest'

/** A thing of the register. */
export type Asset = Schemas['AssetView']
export type AssetInput = Schemas['AssetInput']
export type AssetEvent = Schemas['AssetEvent']
export type AssetStatus = Asset['status']
export const assetStatuses = ['in_use', 'in_repair', 'idle', 'lent', 'scrapped'] as const

/** How the register is narrowed; also what stands in the address of its list. */
export interface AssetFilter {
  q?: string
  status?: AssetStatus[]
  class?: string
  placeId?: string
  departmentId?: string
  campusId?: string
  vendorId?: string
  custodianId?: string
  warrantyBefore?: string
}

export const listAssets = (filter: AssetFilter, cursor = '', limit = 100, signal?: AbortSignal) => api.get('/api/v1/assets', { query: { ...filter, cursor, limit }, signal })
export const searchAssets = async (q: string, signal?: AbortSignal) => (await listAssets({ q }, '', 20, signal)).items
export const countAssets = async (filter: AssetFilter) => (await api.get('/api/v1/assets/count', { query: { ...filter } })).count
export const assetClasses = async () => (await api.get('/api/v1/assets/classes')).items
export const getAsset = (id: string) => api.get('/api/v1/assets/{id}', { path: { id } })
export const assetHistory = (id: string, cursor = '') => api.get('/api/v1/assets/{id}/history', { path: { id }, query: { cursor } })
export const createAsset = (body: AssetInput) => api.post('/api/v1/assets', { body })
export const updateAsset = (id: string, body: Schemas['UpdateAssetupdateInBody']) => api.put('/api/v1/assets/{id}', { path: { id }, body })
export const moveAsset = (id: string, body: Schemas['MoveAssetmoveInBody']) => api.post('/api/v1/assets/{id}/move', { path: { id }, body })
export const setAssetStatus = (id: string, version: number, status: AssetStatus, note: string) => api.post('/api/v1/assets/{id}/status', { path: { id }, body: { version, status, note: note || undefined } })
export const relabelAsset = (id: string, version: number, note: string) => api.post('/api/v1/assets/{id}/relabel', { path: { id }, body: { version, note: note || undefined } })

export type AssetPreviewRow = Schemas['AssetPreviewRow']
export const previewAssets = (file: File) => {
  const form = new FormData()
  form.append('file', file, file.name)
  return send('POST', address('/asset-imports'), form)
}
export const assetImportRows = (token: string, cursor: string) => api.get('/api/v1/asset-imports/{token}', { path: { token }, query: { limit: 200, cursor } })
export const applyAssetImport = (token: string) => api.post('/api/v1/asset-imports/{token}/apply', { path: { token } })
export const exportAssetsAddress = (filter: AssetFilter, format: 'xlsx' | 'csv', template = false) => address('/assets/export', { ...filter, format, ...(template ? { template } : {}) })
