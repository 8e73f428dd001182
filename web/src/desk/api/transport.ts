import { api, type Schemas } from '@/api/client'

export type Booking = Schemas['TransportBooking']
export type Loan = Schemas['TransportLoan']
export type Sighting = Schemas['TransportSighting']
export type MoveSettings = Schemas['TransportSettings']
export type MoveRequest = Schemas['TransportRequest']
export type Made = Schemas['TransportMade']

/** What of the board is asked for. */
export interface BoardFilter {
  part: '' | 'waiting' | 'way' | 'late'
  teamId?: string
  zoneId?: string
}

export const listMoves = (filter: BoardFilter, cursor = '') =>
  api.get('/api/v1/transport/orders', { query: { part: filter.part || undefined, teamId: filter.teamId, zoneId: filter.zoneId, cursor, limit: 100 } })
export const listBookings = (cursor = '') => api.get('/api/v1/transport/bookings', { query: { state: 'waiting', cursor, limit: 100 } })
export const cancelBooking = (id: string, reason: string) => api.post('/api/v1/transport/bookings/{id}/cancel', { path: { id }, body: { reason } })
export const requestMove = (body: MoveRequest, key: string): Promise<Made> => api.post('/api/v1/transport/orders', { body, key })
export const bringBack = (id: string, at?: number): Promise<Made> => api.post('/api/v1/orders/{id}/transport/return', { path: { id }, body: at ? { at } : {} })

export const listLoans = (filter: { out: boolean; late: boolean; text: string }, cursor = '') =>
  api.get('/api/v1/transport/loans', { query: { out: filter.out, late: filter.late, text: filter.text || undefined, cursor, limit: 100 } })
export const lend = (body: Schemas['TransportLoanInput']) => api.post('/api/v1/transport/loans', { body })
export const bring = (id: string, placeId: string, note: string) => api.post('/api/v1/transport/loans/{id}/return', { path: { id }, body: { placeId, ...(note ? { note } : {}) } })
export const whereabouts = async (text: string): Promise<Sighting[]> => (await api.get('/api/v1/transport/whereabouts', { query: { text: text || undefined, limit: 100 } })).items

export const moveSettings = () => api.get('/api/v1/transport/settings')
export const saveMoveSettings = (version: number, body: MoveSettings) => api.put('/api/v1/transport/settings', { body: { version, body } })
