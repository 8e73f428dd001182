import { api, type Schemas } from '@/api/client'

export type Shift = Schemas['OrgShift']
export type Rotation = Schemas['OrgRotation']
export type Leave = Schemas['OrgLeave']
export type Swap = Schemas['OrgSwap']
export type Present = Schemas['OrgPresent']
export type Interval = Schemas['OrgInterval']

export const listShifts = async (id: string) => (await api.get('/api/v1/teams/{id}/shifts', { path: { id } })).items
export const addShift = (id: string, body: Schemas['OrgShiftInput']) => api.post('/api/v1/teams/{id}/shifts', { path: { id }, body })
export const saveShift = (id: string, body: Schemas['OrgShiftInput']) => api.put('/api/v1/shifts/{id}', { path: { id }, body })
export const listRotations = async (id: string) => (await api.get('/api/v1/teams/{id}/rotations', { path: { id } })).items
export const addRotation = (id: string, body: Schemas['OrgRotationInput']) => api.post('/api/v1/teams/{id}/rotations', { path: { id }, body })
export const removeRotation = (id: string) => api.delete('/api/v1/rotations/{id}', { path: { id } })
export const fillRoster = (id: string, body: Schemas['OrgFillInput']) => api.post('/api/v1/rotations/{id}/fill', { path: { id }, body })
export const listLeaves = async (id: string, from: number, to: number) => (await api.get('/api/v1/teams/{id}/leaves', { path: { id }, query: { from, to } })).items
export const addLeave = (id: string, body: Schemas['OrgLeaveInput']) => api.post('/api/v1/teams/{id}/leaves', { path: { id }, body })
export const cancelLeave = (id: string) => api.delete('/api/v1/leaves/{id}', { path: { id } })
export const listSwaps = async (id: string) => (await api.get('/api/v1/teams/{id}/swaps', { path: { id } })).items
export const askSwap = (id: string, body: Schemas['OrgSwapInput']) => api.post('/api/v1/duties/{id}/swap', { path: { id }, body })
export const answerSwap = (id: string, agree: boolean) => api.post('/api/v1/swaps/{id}/answer', { path: { id }, body: { agree } })
export const withdrawSwap = (id: string) => api.delete('/api/v1/swaps/{id}', { path: { id } })
export const dutyNow = async (teamId: string) => (await api.get('/api/v1/duty-now', { query: { teamId } })).items
