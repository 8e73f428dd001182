import { api, type Schemas } from '@/api/client'

/** Work of the program, as administrators see it. */
export type Job = Schemas['JobsRow']
/** One line of the audit trail. */
export type AuditEntry = Schemas['AuditEntry']
/** A link under which a big screen opens. */
export type ScreenLink = Schemas['WorkorderScreen']

export interface AuditQuery {
  actorId?: string
  action?: string
  subject?: string
  subjectId?: string
  from?: number
  to?: number
}

export const listJobs = (state: string, kind: string, cursor = '') =>
  api.get('/api/v1/jobs', { query: { state: (state || undefined) as Job['state'] | undefined, kind: kind || undefined, cursor, limit: 100 } })
export const countJobs = async () => (await api.get('/api/v1/jobs/counts')).items
export const runAgain = (id: string) => api.post('/api/v1/jobs/{id}/again', { path: { id } })
export const cancelJob = (id: string) => api.post('/api/v1/jobs/{id}/cancel', { path: { id } })

export const listAudit = (query: AuditQuery, cursor = '') => api.get('/api/v1/audit', { query: { ...query, cursor, limit: 100 } })

export const listScreens = async () => (await api.get('/api/v1/screens')).items
export const addScreen = (body: Schemas['AddScreenaddInBody']) => api.post('/api/v1/screens', { body })
export const revokeScreen = (id: string) => api.delete('/api/v1/screens/{id}', { path: { id } })
