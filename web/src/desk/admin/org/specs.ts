import { t } from '@/i18n/i18n'
import type { KindName, ListKind } from '../../api/org'
import { campuses, departments, people, places, vendors, type Source } from '../../pickers/sources'

/** One thing that is known of an entry of the directory. */
export interface FieldSpec {
  key: string
  type: 'text' | 'number' | 'switch' | 'choice' | 'pick' | 'long'
  label: string
  must?: boolean
  max?: number
  options?: { value: string; label: string }[]
  source?: Source
  help?: string
  none?: string
}

const anyone = people()
const choices = (values: string[], label: (value: string) => string) => values.map((value) => ({ value, label: label(value) }))
const placeKinds = ['building', 'floor', 'room', 'bed', 'point']
const placeClasses = ['outpatient', 'emergency', 'ward', 'icu', 'theatre', 'medtech', 'office', 'public', 'logistics', 'technical', 'other']
const departmentKinds = ['clinical', 'nursing', 'medtech', 'admin', 'logistics', 'education', 'other']
const teamKinds = ['callcenter', 'it', 'maintenance', 'transport', 'cleaning', 'security', 'catering', 'supply', 'complaint', 'other']

const name = (): FieldSpec => ({ key: 'name', type: 'text', label: t('field.name'), must: true, max: 60 })
const code = (): FieldSpec => ({ key: 'code', type: 'text', label: t('field.code'), max: 40 })
const campus = (): FieldSpec => ({ key: 'campusId', type: 'pick', label: t('column.campus'), source: campuses })
const phone = (): FieldSpec => ({ key: 'phone', type: 'text', label: t('intake.phone'), max: 32 })

/** The fields of each kind, in the language in use. */
export function fieldsOf(kind: KindName): FieldSpec[] {
  switch (kind) {
    case 'campuses':
    case 'skills':
      return [name(), code()]
    case 'places':
      return [
        name(),
        { key: 'kind', type: 'choice', label: t('org.kind'), must: true, options: choices(placeKinds, (one) => t(`placeKind.${one}`)) },
        code(),
        { key: 'class', type: 'choice', label: t('org.class'), options: choices(placeClasses, (one) => t(`placeClass.${one}`)), none: t('org.inherit') },
        { key: 'departmentId', type: 'pick', label: t('column.department'), source: departments, help: t('org.inheritHelp') },
        { key: 'parentId', type: 'pick', label: t('org.parent'), source: places },
        { key: 'level', type: 'number', label: t('org.level'), help: t('org.levelHelp') },
        { key: 'publicReport', type: 'switch', label: t('org.publicReport') },
      ]
    case 'departments':
      return [
        name(),
        { key: 'kind', type: 'choice', label: t('org.kind'), must: true, options: choices(departmentKinds, (one) => t(`departmentKind.${one}`)) },
        code(),
        { key: 'parentId', type: 'pick', label: t('org.parent'), source: departments },
        campus(),
        { key: 'liaisonId', type: 'pick', label: t('org.liaison'), source: anyone },
        phone(),
        { key: 'costCenter', type: 'text', label: t('org.costCenter'), max: 40 },
        { key: 'publicReport', type: 'switch', label: t('org.publicReport') },
      ]
    case 'teams':
      return [
        name(),
        { key: 'kind', type: 'choice', label: t('org.kind'), must: true, options: choices(teamKinds, (one) => t(`teamKind.${one}`)) },
        code(),
        campus(),
        { key: 'vendorId', type: 'pick', label: t('org.vendor'), source: vendors },
        { key: 'leadId', type: 'pick', label: t('person.leads'), source: anyone },
        { key: 'pool', type: 'switch', label: t('org.pool') },
      ]
    case 'vendors':
      return [name(), code(), { key: 'contact', type: 'text', label: t('order.contact'), max: 60 }, phone(), { key: 'note', type: 'long', label: t('field.note'), max: 500 }]
    case 'extensions':
      return [
        { key: 'number', type: 'text', label: t('org.number'), must: true, max: 40 },
        { key: 'direct', type: 'text', label: t('org.direct'), max: 40 },
        { key: 'label', type: 'text', label: t('org.label'), max: 60 },
        { key: 'departmentId', type: 'pick', label: t('column.department'), source: departments },
        { key: 'placeId', type: 'pick', label: t('column.place'), source: places },
      ]
  }
}

/** The word by which lists of a kind come and go, where they do. */
export const listKinds: Partial<Record<KindName, ListKind>> = { places: 'place', departments: 'department', teams: 'team', extensions: 'extension' }

/** What of a thing is sent when it is saved: the fields of its kind, without what is empty. */
export function inputOf(kind: KindName, thing: Record<string, unknown>): Record<string, unknown> {
  const out: Record<string, unknown> = {}
  for (const { key } of fieldsOf(kind)) {
    const value = thing[key]
    if (value !== undefined && value !== '' && value !== null) out[key] = value
  }
  if (kind === 'places' && thing.campusId) out.campusId = thing.campusId
  if (typeof thing.active === 'boolean' && thing.id) out.active = thing.active
  if (typeof thing.version === 'number') out.version = thing.version
  return out
}

/** A thing as its form shows it: what is inherited is not its own. */
export function formOf(kind: KindName, thing: Record<string, unknown>): Record<string, unknown> {
  return kind === 'places' ? { ...thing, class: thing.ownClass, departmentId: thing.ownDepartmentId } : { ...thing }
}
