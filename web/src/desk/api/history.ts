import { send } from '@/api/call'
import { newKey } from '@/device/key'
import { address, seg, type Page } from './rest'

/** What of an order a column of a file may hold. */
export const historyFields = ['key', 'openedAt', 'closedAt', 'status', 'item', 'department', 'place', 'words', 'priority', 'contactName', 'contactPhone', 'team', 'remedy', 'worker'] as const
export type HistoryField = (typeof historyFields)[number]
/** The fields whose values can be told what they mean. */
export const valueFields = ['status', 'item', 'department', 'place', 'priority', 'team'] as const
export type ValueField = (typeof valueFields)[number]

/** Says what the columns of a file mean. */
export interface Mapping {
  source: string
  columns: Partial<Record<HistoryField, string[]>>
  dates: string
  pattern?: string
  zone?: string
  dayTime?: number
  empty?: string[]
  values?: Partial<Record<HistoryField, Record<string, string>>>
  defaults?: Partial<Record<HistoryField, string>>
  repeated: string
  staleBefore?: number
}
export interface HistoryTally {
  level: string
  code: string
  field?: string
  count: number
  message?: string
}
/** One uploaded file, and how far it is. */
export interface BatchSummary {
  id: string
  state: string
  version: number
  total: number
  done: number
  good: number
  imported: number
  refused: number
  skipped: number
  known: number
  warned: number
  stillOpen: number
  closed: number
  cancelled: number
  firstAt?: number
  lastAt?: number
  tally: HistoryTally[]
  undoDone: number
  undoTotal: number
  changed: number
  trouble?: { code: string; message?: string }
  appliedAt?: number
  updatedAt: number
  endedAt?: number
  fileName: string
  fileSize: number
  format: string
  source?: string
  creatorName: string
  createdAt: number
  starterName?: string
}
export interface Batch extends BatchSummary {
  columns: { name: string; samples?: string[] }[]
  mapping: Mapping
  actions: string[]
}
export interface HistoryProblem {
  line: number
  level: string
  code: string
  field?: string
  value?: string
  key?: string
  cells?: string[]
  message: string
}
export interface HistoryValue {
  field: string
  value: string
  count: number
  target?: string
  name?: string
}

const base = '/history/batches'
const get = <T>(path: string, query: Record<string, unknown> = {}) => send('GET', address(path, query)) as Promise<T>
export const listBatches = (cursor = '') => get<Page<BatchSummary>>(base, { limit: 50, cursor })
export const getBatch = (id: string) => get<Batch>(`${base}/${seg(id)}`)
export const uploadHistory = (file: File) => {
  const form = new FormData()
  form.append('file', file, file.name)
  return send('POST', address(base), form, { key: newKey() }) as Promise<Batch>
}
export const setMapping = (id: string, mapping: Mapping, version: number) => send('PUT', address(`${base}/${seg(id)}/mapping`), { mapping, version }) as Promise<Batch>
export const runBatch = (id: string, verb: 'check' | 'apply' | 'cancel') => send('POST', address(`${base}/${seg(id)}/${verb}`)) as Promise<Batch>
export const undoBatch = (id: string, changed: 'refuse' | 'keep' | 'remove') => send('POST', address(`${base}/${seg(id)}/undo`), { changed }) as Promise<Batch>
export const discardBatch = (id: string) => send('DELETE', address(`${base}/${seg(id)}`))
export const listProblems = (id: string, level: string, code: string, cursor = '') => get<Page<HistoryProblem>>(`${base}/${seg(id)}/problems`, { level, code, limit: 100, cursor })
export const listValues = async (id: string, field: ValueField) => (await get<Page<HistoryValue>>(`${base}/${seg(id)}/values`, { field })).items
export const changedOrders = (id: string) => get<Page<{ orderId: string; key: string; line: number }>>(`${base}/${seg(id)}/changed`, { limit: 100 })
export const leftoversAddress = (id: string, level: string) => address(`${base}/${seg(id)}/problems/export`, { level })
