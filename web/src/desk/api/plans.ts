import { api, type Schemas } from '@/api/client'

/** Orders that recur by themselves. */
export type Plan = Schemas['UpkeepPlan']
export type PlanInput = Schemas['UpkeepPlanInput']
export type Recurrence = Schemas['UpkeepRecurrence']
export type Occurrence = Schemas['UpkeepOccurrence']
export type PlanRun = Schemas['UpkeepRun']

const at = (id: string) => ({ path: { id } })
export const listPlans = (active: '' | 'true' | 'false', cursor = '') => api.get('/api/v1/plans', { query: { active: active || undefined, cursor, limit: 100 } })
export const getPlan = (id: string) => api.get('/api/v1/plans/{id}', at(id))
export const savePlan = (id: string | undefined, body: PlanInput) => (id ? api.put('/api/v1/plans/{id}', { ...at(id), body }) : api.post('/api/v1/plans', { body }))
export const removePlan = (id: string) => api.delete('/api/v1/plans/{id}', at(id))
export const previewPlan = async (body: Recurrence, signal?: AbortSignal) => (await api.post('/api/v1/plans/preview', { body, signal })).items
export const planRuns = async (id: string) => (await api.get('/api/v1/plans/{id}/runs', { ...at(id), query: { limit: 50 } })).items
