import { api, type Schemas } from '@/api/client'

export type ClockSettings = Schemas['SlaTold']
export type WorkCalendar = Schemas['SlaNamed']
export type HolidayYear = Schemas['SlaYear']
export type HoldReason = Schemas['SlaReason']
export type LimitRow = Schemas['SlaLimit']
export type WhyClock = Schemas['WorkorderWhy']

export const clockSettings = () => api.get('/api/v1/clock-settings')
export const saveCalendar = (stamp: number, calendar: WorkCalendar) => api.put('/api/v1/clock-settings/calendars', { body: { stamp, ...calendar } })
export const removeCalendar = (stamp: number, id: string) => api.post('/api/v1/clock-settings/calendars/remove', { body: { stamp, id } })
export const saveYear = (stamp: number, table: HolidayYear) => api.put('/api/v1/clock-settings/years', { body: { stamp, table } })
export const importYear = (stamp: number, text: string) => api.post('/api/v1/clock-settings/years/import', { body: { stamp, text } })
export const saveReasons = (stamp: number, reasons: HoldReason[]) => api.put('/api/v1/clock-settings/reasons', { body: { stamp, reasons } })
export const saveLimits = (stamp: number, limits: LimitRow[]) => api.put('/api/v1/clock-settings/limits', { body: { stamp, limits } })
export const listHoldReasons = async () => (await api.get('/api/v1/hold-reasons')).items
export const whyOrder = (id: string) => api.get('/api/v1/orders/{id}/clock', { path: { id } })
