import { api, type Schemas } from '@/api/client'
import type { OrderFilter } from './orders'

/** An open order as far as a board shows it. */
export type Card = Schemas['WorkorderCard']
/** What a board counts, whether it shows it or not. */
export type Figures = Schemas['WorkorderFigures']
/** One team, person, place or status with its figures. */
export type Group = Schemas['WorkorderGroup']
/** The hospital as a schematic. */
export type Floors = Schemas['DispatchFloors']
export type Block = Schemas['DispatchBlock']
export type Cell = Schemas['DispatchCell']
/** Somebody on duty and where they were last known to be. */
export type Seen = Schemas['DispatchSeen']

export type GroupBy = 'status' | 'team' | 'person' | 'place'

type Query = NonNullable<NonNullable<Parameters<typeof api.get<'/api/v1/orders/board'>>[1]>['query']>
const switches = ['overdue', 'mine', 'nobody', 'urged', 'dueSoon'] as const

/** The words in an address may be anything; the server says which it knows. */
function queryOf(filter: OrderFilter): Query {
  const query: Record<string, unknown> = { ...filter, open: undefined, sort: undefined }
  for (const key of switches) if (!filter[key]) query[key] = undefined
  return query as Query
}

export const boardCards = async (filter: OrderFilter, ids?: string[]) => (await api.get('/api/v1/orders/board', { query: { ...queryOf(filter), ids } })).items
export const boardFigures = (filter: OrderFilter, by?: GroupBy) => api.get('/api/v1/orders/figures', { query: { ...queryOf(filter), by } })
export const floorPlan = (filter: OrderFilter) => api.get('/api/v1/dispatch/floors', { query: queryOf(filter) })
export const crewOnDuty = async () => (await api.get('/api/v1/dispatch/crew')).items
