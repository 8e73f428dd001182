import { api, type Schemas } from '@/api/client'
import { address } from './rest'

/** Major incidents: many reports of one cause. */
export type Incident = Schemas['Incident']
export type IncidentView = Schemas['IncidentView']
export type IncidentStep = Schemas['IncidentStep']
export type IncidentEntry = Schemas['IncidentEntry']
export type IncidentReport = Schemas['IncidentReport']
export type Declaration = Schemas['IncidentDeclaration']
export type Suggestion = Schemas['IncidentSuggestionView']
export type EmergencyPlan = Schemas['IncidentPlan']
export type EmergencyPlanInput = Schemas['IncidentPlanInput']
export type IncidentSettings = Schemas['IncidentSettingsView']
export type KnownFault = Schemas['WorkorderIncidentState']

const at = (id: string) => ({ path: { id } })
export const listIncidents = (status: string[], cursor = '') => api.get('/api/v1/incidents', { query: { status, cursor, limit: 50 } })
export const getIncident = (id: string) => api.get('/api/v1/incidents/{id}', at(id))
export const incidentTimeline = async (id: string) => (await api.get('/api/v1/incidents/{id}/timeline', at(id))).items
export const incidentOrders = (id: string, cursor = '') => api.get('/api/v1/incidents/{id}/orders', { ...at(id), query: { limit: 100, cursor } })
export const incidentCandidates = async (id: string) => (await api.get('/api/v1/incidents/{id}/candidates', at(id))).items
export const declareIncident = (body: Declaration, key: string) => api.post('/api/v1/incidents', { body, key })
export const attachOrders = (id: string, orderIds: string[]) => api.post('/api/v1/incidents/{id}/attach', { ...at(id), body: { orderIds } })
export const detachOrder = (id: string, orderId: string, reason: string) => api.post('/api/v1/incidents/{id}/detach', { ...at(id), body: { orderId, reason } })
export const nameCommander = (id: string, personId: string) => api.post('/api/v1/incidents/{id}/command', { ...at(id), body: { personId } })
export const updateIncident = (id: string, body: Schemas['IncidentUpdate']) => api.post('/api/v1/incidents/{id}/updates', { ...at(id), body })
export const announceIncident = (id: string, body: Schemas['IncidentAnnouncement']) => api.put('/api/v1/incidents/{id}/broadcast', { ...at(id), body })
export const turnIncident = (id: string, body: Schemas['IncidentTurn']) => api.post('/api/v1/incidents/{id}/status', { ...at(id), body })
export const addStep = (id: string, body: Schemas['IncidentNewStep']) => api.post('/api/v1/incidents/{id}/steps', { ...at(id), body })
export const tickStep = (id: string, stepId: string, done: boolean, note?: string) => api.post('/api/v1/incidents/{id}/steps/{stepId}', { path: { id, stepId }, body: { done, note } })
export const saveIncidentReport = (id: string, report: IncidentReport) => api.put('/api/v1/incidents/{id}/report', { ...at(id), body: { report } })
export const closeIncident = (id: string) => api.post('/api/v1/incidents/{id}/close', at(id))
export const reportAddress = (id: string) => address(`/incidents/${encodeURIComponent(id)}/report`)
export const listSuggestions = async () => (await api.get('/api/v1/incident-suggestions')).items
export const dismissSuggestion = (id: string, reason: string) => api.post('/api/v1/incident-suggestions/{id}/dismiss', { ...at(id), body: { reason } })
export const listEmergencyPlans = async () => (await api.get('/api/v1/incident-plans')).items
export const saveEmergencyPlan = (id: string | undefined, body: EmergencyPlanInput) => (id ? api.put('/api/v1/incident-plans/{id}', { ...at(id), body }) : api.post('/api/v1/incident-plans', { body }))
export const removeEmergencyPlan = (id: string) => api.delete('/api/v1/incident-plans/{id}', at(id))
export const getIncidentSettings = () => api.get('/api/v1/incident-settings')
export const saveIncidentSettings = (body: IncidentSettings) => api.put('/api/v1/incident-settings', { body })
export const knownFaults = async (query: { itemId: string; placeId?: string; assetId?: string; departmentId?: string }, signal?: AbortSignal) => (await api.get('/api/v1/known-faults', { query, signal })).items
export const myNotices = async () => (await api.get('/api/v1/notices')).items
