import { api, type Schemas } from '@/api/client'

export type Membership = Schemas['IdentityMembership']
export type PersonFacts = Schemas['CreatePersonInBody']
export type Person = Schemas['IdentityPerson']
/** A person with, for those who may edit them, the account. */
export type PersonDetail = Schemas['GetPersonOutBody']
/** As much of a person as pickers show. */
export type Brief = Schemas['IdentityBrief']
export type Grant = Schemas['IdentityGrantSpec']
export type Role = Schemas['IdentityRole']
export type PermissionName = Schemas['IdentityPermissionInfo']
export type RoleFacts = Schemas['IdentityRoleFacts']

export interface PeopleQuery {
  q?: string
  departmentId?: string
  teamId?: string
  vendorId?: string
  roleId?: string
  active?: 'true' | 'false'
}

export const listPeople = (query: PeopleQuery, cursor = '', limit = 100, signal?: AbortSignal) => api.get('/api/v1/people', { query: { ...query, cursor, limit }, signal })
export const pickPeople = async (q: string, more: { departmentId?: string; teamId?: string } = {}, signal?: AbortSignal) =>
  (await api.get('/api/v1/people/picker', { query: { q, ...more, limit: 20 }, signal })).items
export const getPerson = (id: string) => api.get('/api/v1/people/{id}', { path: { id } })
export const createPerson = (body: PersonFacts) => api.post('/api/v1/people', { body })
export const updatePerson = (id: string, body: Schemas['UpdatePersonInBody']) => api.put('/api/v1/people/{id}', { path: { id }, body })
export const setPersonTeams = (id: string, version: number, teams: Membership[]) => api.put('/api/v1/people/{id}/teams', { path: { id }, body: { version, teams } })
export const setPersonActive = (id: string, version: number, active: boolean) =>
  active ? api.post('/api/v1/people/{id}/activate', { path: { id }, body: { version } }) : api.post('/api/v1/people/{id}/deactivate', { path: { id }, body: { version } })
export const personGrants = (id: string) => api.get('/api/v1/people/{id}/grants', { path: { id } })
export const setPersonGrants = (id: string, version: number, grants: Grant[]) => api.put('/api/v1/people/{id}/grants', { path: { id }, body: { version, grants } })
export const resetPassword = async (id: string, body: Schemas['IdentityReset']) => (await api.post('/api/v1/people/{id}/reset-password', { path: { id }, body })).password
export const personSkills = async (id: string) => (await api.get('/api/v1/people/{id}/skills', { path: { id } })).skills
export const setPersonSkills = (id: string, skills: Schemas['OrgPersonSkill'][]) => api.put('/api/v1/people/{id}/skills', { path: { id }, body: { skills } })

export const listRoles = async () => (await api.get('/api/v1/roles')).items
export const listPermissions = async () => (await api.get('/api/v1/permissions')).items
export const createRole = (body: RoleFacts) => api.post('/api/v1/roles', { body })
export const updateRole = (id: string, body: Schemas['UpdateRoleInBody']) => api.put('/api/v1/roles/{id}', { path: { id }, body })
export const deleteRole = (id: string, version: number) => api.delete('/api/v1/roles/{id}', { path: { id }, query: { version } })
