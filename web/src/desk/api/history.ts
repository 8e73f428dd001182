import { send } from '@/api/call'
import { api, type Schemas } from '@/api/client'
import { newKey } from '@/device/key'
import { address, seg } from './rest'

/** What of an order a column of a file may hold. */
export const historyFields = ['key', 'openedAt', 'closedAt', 'status', 'item', 'department', 'place', 'words', 'priority', 'contactName', 'contactPhone', 'team', 'remedy', 'worker'] as const
export type HistoryField = (typeof historyFields)[number]
/** The fields whose values can be told what they mean. */
export const valueFields = ['status', 'item', 'department', 'place', 'priority', 'team'] as const
export type ValueField = (typeof valueFields)[number]

/** Says what the columns of a file mean. */
export type Mapping = Schemas['HistoryMapping']
/** One uploaded file, and how far it is. */
export type BatchSummary = Schemas['HistorySummary']
export type Batch = Schemas['HistoryShown']
export type HistoryProblem = Schemas['HistoryProblem']
export type HistoryValue = Schemas['HistoryValue']
export type Level = HistoryProblem['level']

const at = (id: string) => ({ path: { id } })
export const listBatches = (cursor = '') => api.get('/api/v1/history/batches', { query: { limit: 50, cursor } })
export const getBatch = (id: string) => api.get('/api/v1/history/batches/{id}', at(id))
export const uploadHistory = (file: File) => {
  const form = new FormData()
  form.append('file', file, file.name)
  return send('POST', address('/history/batches'), form, { key: newKey() }) as Promise<Batch>
}
export const setMapping = (id: string, mapping: Mapping, version: number) => api.put('/api/v1/history/batches/{id}/mapping', { ...at(id), body: { mapping, version } })
export const runBatch = (id: string, verb: 'check' | 'apply' | 'cancel') => api.post(`/api/v1/history/batches/{id}/${verb}`, at(id))
export const undoBatch = (id: string, changed: 'refuse' | 'keep' | 'remove') => api.post('/api/v1/history/batches/{id}/undo', { ...at(id), body: { changed } })
export const discardBatch = (id: string) => api.delete('/api/v1/history/batches/{id}', at(id))
export const listProblems = (id: string, level: Level | '', code: string, cursor = '') =>
  api.get('/api/v1/history/batches/{id}/problems', { ...at(id), query: { level: level || undefined, code: code || undefined, limit: 100, cursor } })
export const listValues = async (id: string, field: ValueField) => (await api.get('/api/v1/history/batches/{id}/values', { ...at(id), query: { field } })).items
export const changedOrders = (id: string) => api.get('/api/v1/history/batches/{id}/changed', { ...at(id), query: { limit: 100 } })
export const leftoversAddress = (id: string, level: Level) => address(`/history/batches/${seg(id)}/problems/export`, { level })

/** A mapping kept by name. */
export type SavedMapping = Schemas['HistorySaved']
export const listSavedMappings = async () => (await api.get('/api/v1/history/mappings')).items
export const saveMappingAs = (name: string, mapping: Mapping) => api.put('/api/v1/history/mappings', { body: { name, mapping } })
export const deleteSavedMapping = (id: string) => api.delete('/api/v1/history/mappings/{id}', { path: { id } })
