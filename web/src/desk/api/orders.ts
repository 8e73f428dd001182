import { send } from '@/api/call'
import { api, type Schemas } from '@/api/client'
import { orderPath, taskPath, type OrderView } from '@/orders/api'
import { address, seg } from './rest'

/** An order as the desk sees it. Moments are Unix milliseconds. */
export type DeskOrder = OrderView
export type OrderTask = Schemas['WorkorderTask']
export type OrderEvent = Schemas['WorkorderEvent']
export type Tally = Schemas['WorkorderTally']
export type Candidate = Schemas['DispatchCandidate']
/** What somebody wants done. */
export type Report = Schemas['ReportInBody']

/** How a list of orders is narrowed; also what stands in the address of a list. */
export interface OrderFilter {
  status?: string[]
  open?: boolean
  priority?: string[]
  campusId?: string
  departmentId?: string
  placeId?: string
  assetId?: string
  itemId?: string
  teamId?: string
  assigneeId?: string
  taskTeamId?: string
  reporterId?: string
  callBack?: string
  batchId?: string
  overdue?: boolean
  categoryId?: string
  mine?: boolean
  nobody?: boolean
  urged?: boolean
  dueSoon?: boolean
  watched?: boolean
  text?: string
  from?: number
  to?: number
  sort?: string
}
type Query = NonNullable<NonNullable<Parameters<typeof api.get<'/api/v1/orders'>>[1]>['query']>
/** The words in an address may be anything; the server says which it knows. */
const queryOf = ({ open, overdue, mine, nobody, urged, dueSoon, ...rest }: OrderFilter) => {
  const on = Object.entries({ open, overdue, mine, nobody, urged, dueSoon }).filter(([, value]) => value)
  return { ...rest, ...Object.fromEntries(on) } as Query
}

export const listOrders = (filter: OrderFilter, cursor = '', limit = 50, signal?: AbortSignal) =>
  api.get('/api/v1/orders', { query: { ...queryOf(filter), cursor, limit }, signal })
export const countOrders = async (filter: OrderFilter) => (await api.get('/api/v1/orders/count', { query: queryOf({ ...filter, sort: undefined }) })).count
export const tallyOrders = async (filter: OrderFilter = {}) => (await api.get('/api/v1/orders/tally', { query: queryOf(filter) })).items
export const exportAddress = (filter: OrderFilter, format: 'xlsx' | 'csv') => address('/orders/export', { ...queryOf(filter), format })
export const getOrder = (id: string) => api.get('/api/v1/orders/{id}', { path: { id } })
export const orderTimeline = async (id: string) => (await api.get('/api/v1/orders/{id}/timeline', { path: { id } })).items
export const slipAddress = (id: string) => address(`/orders/${seg(id)}/slip`)

/** What a report may repeat: orders of the same place, thing, person or phone. */
export interface Alike {
  placeId?: string
  assetId?: string
  reporterId?: string
  phone?: string
  itemId?: string
  words?: string
}
export type Like = Schemas['WorkorderLike']
export const similarOrders = async (query: Alike) => (await api.get('/api/v1/orders/similar', { query })).items

export const createOrder = (body: Report, key: string) => api.post('/api/v1/orders', { body, key })
export const amendOrder = (id: string, body: Schemas['AmendOrderamendInBody']) => api.patch('/api/v1/orders/{id}', { path: { id }, body })
export const candidates = async (id: string, teamId?: string) => (await api.get('/api/v1/orders/{id}/candidates', { path: { id }, query: { teamId } })).items

/** Gives a command on an order; with `version` it is refused when somebody else was faster. */
export const command = (id: string, kind: string, body: Record<string, unknown> = {}, key?: string) => send('POST', orderPath(id, kind), body, { key }) as Promise<DeskOrder>
export const taskCommand = (id: string, taskId: string, kind: string, body: Record<string, unknown> = {}) => send('POST', taskPath(id, taskId, kind), body) as Promise<DeskOrder>
/** Adds the tasks of the item's template that the order does not have. */
export const planTasks = (id: string) => send('POST', `${orderPath(id, 'task_add')}/plan`, {}) as Promise<DeskOrder>
export const gatherSquad = (id: string, body: { name: string; leaderId: string; memberIds: string[] }) => api.post('/api/v1/orders/{id}/squad', { path: { id }, body }) as Promise<DeskOrder>
export const dissolveSquad = (id: string, reason: string) => api.post('/api/v1/orders/{id}/squad/dissolve', { path: { id }, body: { reason } }) as Promise<DeskOrder>
export const tellSquad = (id: string, note: string) => api.post('/api/v1/orders/{id}/squad/messages', { path: { id }, body: { note } }) as Promise<DeskOrder>
export const ownOrder = (id: string, personId: string, reason: string) => api.post('/api/v1/orders/{id}/owner', { path: { id }, body: { personId, reason: reason || undefined } }) as Promise<DeskOrder>
