import { api, type Schemas } from '@/api/client'

/** Ladders of reminders, reports that are owed, and watches. */
export type Ladder = Schemas['EscalationLadder']
export type LadderBody = Schemas['EscalationDefinition']
export type LadderStep = Schemas['EscalationStep']
export type Rung = Schemas['EscalationRung']
export type Reminders = Schemas['EscalationReminders']
export type Settings = Schemas['EscalationSettings']
export type DueReport = Schemas['EscalationReport']
export type DueReportView = Schemas['EscalationReportView']
export type ReportForm = Schemas['EscalationForm']
export type Watch = Schemas['EscalationWatch']
export type WatchView = Schemas['EscalationWatchView']
export type WatchInput = Schemas['EscalationWatchInput']

const at = (id: string) => ({ path: { id } })
export const listLadders = () => api.get('/api/v1/ladders')
export const ladderVersions = async (id: string) => (await api.get('/api/v1/ladders/{id}/versions', at(id))).items
export const addLadder = (body: LadderBody & { note?: string }) => api.post('/api/v1/ladders', { body })
export const saveLadder = (id: string, body: LadderBody & { note?: string; version: number }) => api.put('/api/v1/ladders/{id}', { ...at(id), body })
export const switchLadder = (id: string, on: boolean) => api.post('/api/v1/ladders/{id}/switch', { ...at(id), body: { on } })
export const previewLadder = async (ladder: LadderBody, order: string) => (await api.post('/api/v1/ladders/preview', { body: { ladder, order } })).items
export const getSettings = () => api.get('/api/v1/escalation/settings')
export const saveSettings = (settings: Settings, version: number) => api.put('/api/v1/escalation/settings', { body: { settings, version } })

export const orderReminders = (id: string) => api.get('/api/v1/orders/{id}/reminders', at(id))
export const acknowledge = (id: string, note?: string) => api.post('/api/v1/orders/{id}/acknowledge', { ...at(id), body: { note } })

export interface ReportFilter {
  kind?: DueReport['kind']
  state?: DueReport['state']
  mine?: boolean
  late?: boolean
  orderId?: string
}
export const listReports = (filter: ReportFilter, cursor = '') => api.get('/api/v1/due-reports', { query: { ...filter, cursor, limit: 50 } })
export const getReport = (id: string) => api.get('/api/v1/due-reports/{id}', at(id))
export const sameDay = (moment: number) => api.get('/api/v1/due-reports/day', { query: { at: moment } })
export const submitReport = (id: string, body: ReportForm) => api.post('/api/v1/due-reports/{id}/submit', { ...at(id), body })
export const reviewReport = (id: string, body: Schemas['EscalationVerdict']) => api.post('/api/v1/due-reports/{id}/review', { ...at(id), body })
export const handOverReport = (id: string, personId: string) => api.post('/api/v1/due-reports/{id}/owner', { ...at(id), body: { personId } })
export const addReportAction = (id: string, body: Schemas['EscalationActionInput']) => api.post('/api/v1/due-reports/{id}/actions', { ...at(id), body })
export const finishReportAction = (id: string, actionId: string, note: string) => api.post('/api/v1/due-reports/{id}/actions/{actionId}/done', { path: { id, actionId }, body: { note } })

export const listWatches = (over: boolean, mine: boolean, cursor = '') => api.get('/api/v1/watches', { query: { over: over || undefined, mine: mine || undefined, cursor, limit: 50 } })
export const getWatch = (id: string) => api.get('/api/v1/watches/{id}', at(id))
export const watchOrder = (orderId: string, body: WatchInput) => api.post('/api/v1/orders/{id}/watch', { ...at(orderId), body })
export const addProgress = (id: string, note: string) => api.post('/api/v1/watches/{id}/progress', { ...at(id), body: { note } })
export const endWatch = (id: string, conclusion: string) => api.post('/api/v1/watches/{id}/end', { ...at(id), body: { conclusion } })
