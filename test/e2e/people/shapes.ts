import type { components } from '../../../web/src/api/schema'

/** What the API tells, by the API's own document. */
type Schemas = components['schemas']

export type Order = Schemas['WorkorderView']
export type Event = Schemas['WorkorderEvent']
export type Candidate = Schemas['DispatchCandidate']
export type PublicOrder = Schemas['WorkorderPublicView']
export type ScreenData = Schemas['WorkorderScreenData']
export type NewScreen = Schemas['AddScreenaddOutBody']
export type Asset = Schemas['AssetView']
export type Target = Schemas['AssetTarget']
export type Place = Schemas['OrgPlace']
export type Extension = Schemas['OrgExtension']
export type Department = Schemas['OrgDepartment']
export type CatalogFound = Schemas['CatalogFound']
export type Person = Schemas['IdentityMe']
export type Account = Schemas['IdentityPerson']
export type File = Schemas['AttachmentUploaded']

export interface Listed<T> {
  items: T[]
  nextCursor?: string
}
