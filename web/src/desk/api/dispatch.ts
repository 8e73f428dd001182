import { api, type Schemas } from '@/api/client'

export type Candidate = Schemas['DispatchCandidate']
export type Merit = Schemas['DispatchPart']
export type Proposal = Schemas['DispatchProposal']
export type Pair = Schemas['DispatchPair']
export type Setup = Schemas['DispatchSetup']
export type Settings = Schemas['DispatchSettings']
export type Mode = Schemas['DispatchMode']
export type ItemWants = Schemas['DispatchItemWants']
export type Kit = Schemas['DispatchKit']

export const proposeBatch = (teamId: string) => api.get('/api/v1/dispatch/batch', { query: { teamId } })
export const applyBatch = async (teamId: string, pairs: Schemas['DispatchChoice'][], key: string) => (await api.post('/api/v1/dispatch/batch', { body: { teamId, pairs }, key })).items ?? []
export const dispatchSetup = () => api.get('/api/v1/dispatch/setup')
export const saveSettings = (body: Settings, version: number) => api.put('/api/v1/dispatch/settings', { body: { ...body, version } })
export const saveItemWants = (one: ItemWants) => api.put('/api/v1/dispatch/items/{id}', { path: { id: one.itemId }, body: { skills: one.skills, points: one.points, version: one.version } })
export const saveKit = (one: Kit) => api.put('/api/v1/dispatch/kits/{id}', { path: { id: one.personId }, body: { tags: one.tags, version: one.version } })
export const saveMode = ({ id, version, ...row }: Mode) => {
  const { itemId, categoryId, teamId, fromMinute, toMinute, mode, countdown, acceptWithin, position, active } = row
  const body = { itemId, categoryId, teamId, fromMinute, toMinute, mode, countdown, acceptWithin, position, active }
  return id ? api.put('/api/v1/dispatch/modes/{id}', { path: { id }, body: { ...body, version } }) : api.post('/api/v1/dispatch/modes', { body })
}
export const removeMode = (one: Mode) => api.delete('/api/v1/dispatch/modes/{id}', { path: { id: one.id }, query: { version: one.version } })
