import { pick } from '@/i18n/i18n'
import { searchAssets, getAsset } from '../api/assets'
import { getItem, searchItems, type Found } from '../api/catalog'
import { getThing, searchThings, type KindName } from '../api/org'
import { getPerson, pickPeople } from '../api/people'
import type { Choice } from '../parts/choice'

/*
 * Where type-aheads get their choices: words, pinyin or initials are the server's business.
 */

type Search = (words: string, signal: AbortSignal) => Promise<Choice[]>
export interface Source {
  search: Search
  resolve: (id: string) => Promise<string>
}

/** Names of things seen before, so that a list of ids asks once for each. */
const names = new Map<string, Promise<string>>()

function once(key: string, fetch: () => Promise<string>): Promise<string> {
  const known = names.get(key)
  if (known) return known
  const asked = fetch().catch(() => {
    names.delete(key)
    return ''
  })
  names.set(key, asked)
  return asked
}

function directory(kind: KindName, title: (thing: never) => string, detail: (thing: never) => string | undefined): Source {
  return {
    search: async (q, signal) =>
      (await searchThings(kind, q, signal)).map((thing) => ({
        id: thing.id,
        title: title(thing as never),
        detail: detail(thing as never),
        data: thing,
      })),
    resolve: (id) => once(`${kind}:${id}`, async () => title((await getThing(kind, id)) as never)),
  }
}

interface Named {
  name: string
  fullName?: string
  code?: string
}
const above = (thing: Named) => (thing.fullName?.includes('/') ? thing.fullName.slice(0, thing.fullName.lastIndexOf('/')).replaceAll('/', ' / ') : thing.code)

export const campuses = directory('campuses', (x: Named) => x.name, (x: Named) => x.code)
export const places = directory('places', (x: Named) => x.name, above)
export const departments = directory('departments', (x: Named) => x.name, above)
export const teams = directory('teams', (x: Named) => x.name, (x: Named) => x.code)
export const vendors = directory('vendors', (x: Named) => x.name, (x: Named) => x.code)
export const skills = directory('skills', (x: Named) => x.name, (x: Named) => x.code)

/** People whom orders may name; with a department or team only theirs. */
export function people(more: () => { departmentId?: string; teamId?: string } = () => ({})): Source {
  return {
    search: async (q, signal) => {
      const found = await pickPeople(q, more(), signal)
      return Promise.all(
        found.map(async (person) => ({
          id: person.id,
          title: person.name,
          detail: [person.title, person.departmentId ? await departments.resolve(person.departmentId) : ''].filter(Boolean).join(' · '),
          data: person,
        })),
      )
    },
    resolve: (id) => once(`people:${id}`, async () => (await getPerson(id)).name),
  }
}

export const assets: Source = {
  search: async (q, signal) =>
    (await searchAssets(q, signal)).map((asset) => ({
      id: asset.id,
      title: `${asset.number} ${asset.name}`,
      detail: [asset.placeName, asset.departmentName].filter(Boolean).join(' · '),
      data: asset,
    })),
  resolve: (id) =>
    once(`assets:${id}`, async () => {
      const asset = await getAsset(id)
      return `${asset.number} ${asset.name}`
    }),
}

/** A catalogue item with, where the words say it, one of its symptoms. */
export interface ItemChoice {
  item: Found
  symptom?: { key: string; label: string; labelEn?: string }
}

/** Items by name, other words, code or symptom; a symptom that fits is a choice of its own. */
export async function searchServices(words: string, signal: AbortSignal): Promise<Choice[]> {
  if (words === '') return []
  const found = await searchItems(words, signal)
  return found.flatMap((item) => {
    const name = pick(item.nameZh, item.nameEn)
    const matched = item.symptoms.filter((symptom) => item.matched.includes(symptom.key))
    const whole: Choice = { id: item.id, title: name, detail: [item.code, item.priority].join(' · '), data: { item } satisfies ItemChoice }
    const bySymptom = matched.map((symptom) => ({
      id: `${item.id}#${symptom.key}`,
      title: `${name} · ${pick(symptom.label, symptom.labelEn)}`,
      detail: item.code,
      data: { item, symptom } satisfies ItemChoice,
    }))
    return [...bySymptom, whole]
  })
}

/** Whole items, where a symptom does not matter. */
export const services: Source = {
  search: async (q, signal) => (q === '' ? [] : (await searchItems(q, signal)).map((item) => ({ id: item.id, title: pick(item.nameZh, item.nameEn), detail: item.code, data: item }))),
  resolve: (id) =>
    once(`items:${id}`, async () => {
      const item = await getItem(id)
      return pick(item.nameZh, item.nameEn)
    }),
}
