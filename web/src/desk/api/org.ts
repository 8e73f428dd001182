import { send } from '@/api/call'
import { api, type Schemas } from '@/api/client'
import { address } from './rest'

export type Campus = Schemas['OrgCampus']
export type Place = Schemas['OrgPlace']
export type Department = Schemas['OrgDepartment']
export type Team = Schemas['OrgTeam']
export type Vendor = Schemas['OrgVendor']
export type Skill = Schemas['OrgSkill']
export type Extension = Schemas['OrgExtension']
export type Duty = Schemas['OrgDuty']
/** What a telephone number tells about who calls. */
export type Caller = Schemas['OrgCaller']

/** The kinds of thing in the directory, by the word their address begins with. */
export interface Kinds {
  campuses: Campus
  places: Place
  departments: Department
  teams: Team
  vendors: Vendor
  skills: Skill
  extensions: Extension
}
export type KindName = keyof Kinds
type Inputs = {
  campuses: Schemas['OrgCampusInput']
  places: Schemas['OrgPlaceInput']
  departments: Schemas['OrgDepartmentInput']
  teams: Schemas['OrgTeamInput']
  vendors: Schemas['OrgVendorInput']
  skills: Schemas['OrgSkillInput']
  extensions: Schemas['OrgExtensionInput']
}

export interface OrgQuery {
  text?: string
  campusId?: string
  parentId?: string
  departmentId?: string
  kind?: string
  class?: string
  vendorId?: string
  placeId?: string
  active?: 'true' | 'false'
  limit?: number
  cursor?: string
}
interface Paged<T> {
  items: T[]
  nextCursor?: string
}

/* The operations of all kinds are alike, so that one function serves them; which kind has which answer, Kinds says. */
export const listThings = <K extends KindName>(kind: K, query: OrgQuery = {}, signal?: AbortSignal) =>
  api.get(`/api/v1/${kind as 'places'}`, { query: { limit: 200, ...query }, signal }) as unknown as Promise<Paged<Kinds[K]>>

/** What a picker shows for what was typed: active things, the best first. */
export async function searchThings<K extends KindName>(kind: K, text: string, signal?: AbortSignal): Promise<Kinds[K][]> {
  const ranked = kind === 'places' || kind === 'departments' || kind === 'teams' || kind === 'extensions'
  if (!ranked) return (await listThings(kind, { text, limit: 20, active: 'true' }, signal)).items
  return (await api.get(`/api/v1/${kind as 'places'}/search`, { query: { text, limit: 20 }, signal })).items as unknown as Kinds[K][]
}
export const getThing = <K extends KindName>(kind: K, id: string) => api.get(`/api/v1/${kind as 'places'}/{id}`, { path: { id } }) as unknown as Promise<Kinds[K]>
export const saveThing = <K extends KindName>(kind: K, id: string | undefined, input: Inputs[K]) => {
  const body = input as Inputs['places']
  const saved = id ? api.put(`/api/v1/${kind as 'places'}/{id}`, { path: { id }, body }) : api.post(`/api/v1/${kind as 'places'}`, { body })
  return saved as unknown as Promise<Kinds[K]>
}
export const removeThing = (kind: KindName, id: string, version: number) => api.delete(`/api/v1/${kind as 'places'}/{id}`, { path: { id }, query: { version } })
export const renewPlaceCode = async (id: string) => (await api.post('/api/v1/places/{id}/code', { path: { id } })).code
export const lookUpNumber = (number: string) => api.get('/api/v1/extensions/lookup', { query: { number } })

export const listDuties = async (id: string, from: number, to: number) => (await api.get('/api/v1/teams/{id}/duties', { path: { id }, query: { from, to } })).items
export const addDuties = (id: string, duties: Schemas['OrgDutyInput'][]) => api.post('/api/v1/teams/{id}/duties', { path: { id }, body: { duties } })
export const removeDuty = (id: string) => api.delete('/api/v1/duties/{id}', { path: { id } })

/** The kinds that come and go as lists. */
export type ListKind = 'place' | 'department' | 'team' | 'extension' | 'duty'
export type PreviewRow = Schemas['OrgImportRow']
/** What an import would do; nothing has been written yet. */
export interface ImportPreview {
  token: string
  kind: string
  fileName?: string
  columns: string[]
  ignored?: string[]
  counts: Schemas['OrgImportCounts']
  expiresAt: number
  rows: PreviewRow[]
  nextCursor?: string
}
export const previewImport = (kind: ListKind, file: File) => {
  const form = new FormData()
  form.append('file', file, file.name)
  return send('POST', address(`/org/imports/${kind}`), form) as Promise<ImportPreview>
}
export const importRows = (token: string, cursor: string) => api.get('/api/v1/org/imports/{token}', { path: { token }, query: { limit: 200, cursor } })
export const applyImport = (token: string) => api.post('/api/v1/org/imports/{token}/apply', { path: { token } })
export const exportListAddress = (kind: ListKind, format: 'xlsx' | 'csv', template = false) => address(`/org/exports/${kind}`, { format, ...(template ? { template } : {}) })
