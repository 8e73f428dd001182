import { api, type Schemas } from '@/api/client'
import { t } from '@/i18n/i18n'
import type { QueuedAction } from '@/offline/queue'

/** What an order moves, as this person sees it. */
export type Sheet = Schemas['TransportView']
/** A line of the transport board. */
export type Move = Schemas['TransportMove']
export type OnTheWay = Schemas['TransportOnTheWay']
export type Delay = Schemas['TransportDelay']
export type Handover = Schemas['TransportHandover']
export type Check = Schemas['TransportCheck']

/** Whether orders of an item move something; the first letters of its code say so. */
export const moves = (itemCode: string): boolean => /^T[PSD]\d/.test(itemCode)

/** Where a step of an order is sent. */
export const stepPath = (orderId: string, step: 'check' | 'pick-up' | 'deliver' | 'delay'): string =>
  `/api/v1/orders/${encodeURIComponent(orderId)}/transport/${step}`

export const sheetOf = (orderId: string): Promise<Sheet> => api.get('/api/v1/orders/{id}/transport', { path: { id: orderId } })
export const alongOf = async (orderId: string): Promise<OnTheWay[]> => (await api.get('/api/v1/orders/{id}/transport/along', { path: { id: orderId } })).items
export const delays = async (): Promise<Delay[]> => (await api.get('/api/v1/transport/settings')).body.delays

/** Who has the order and what waits here to be sent decide what comes next, also without a signal. */
export function foreseeSheet(sheet: Sheet, orderId: string, myId: string, waiting: readonly QueuedAction[]): Sheet {
  let seen = sheet
  for (const action of waiting) {
    if (action.subject !== orderId) continue
    if (action.label === 'pick_up') seen = { ...seen, step: 'carried', carrierId: myId, picked: (action.body.codes as string[] | undefined) ?? seen.picked, next: lacking(seen, 'deliver') }
    if (action.label === 'deliver') seen = { ...seen, step: 'delivered', next: { step: '', lacks: [] } }
    // A wristband can only be compared by the server; by hand it is what was said.
    if (action.label === 'check' && seen.next) seen = { ...seen, next: { ...seen.next, lacks: seen.next.lacks.filter((lack) => lack !== 'identity') } }
  }
  return seen
}

function lacking(sheet: Sheet, step: 'deliver'): NonNullable<Sheet['next']> {
  const lacks: NonNullable<Sheet['next']>['lacks'] = []
  if (sheet.patient?.wristband) lacks.push('identity')
  if (sheet.doubleCheck) lacks.push('second')
  if (sheet.codes?.length) lacks.push('codes')
  return { step, lacks }
}

/** The last check of the patient at an end. */
export const lastCheck = (sheet: Sheet, end: string): Check | undefined => sheet.checks.filter((check) => check.end === end).at(-1)

/** What of the tubes is still to be scanned, and what was scanned beyond. */
export function compare(expected: readonly string[], scanned: readonly string[]): { missing: string[]; extra: string[] } {
  return { missing: expected.filter((code) => !scanned.includes(code)), extra: scanned.filter((code) => !expected.includes(code)) }
}

/** Something that has to be known of a move at a glance. */
export interface Tag {
  words: string
  /** Whoever comes has to beware. */
  warns?: boolean
}

export function tags(sheet: Pick<Sheet, 'means' | 'oxygen' | 'monitor' | 'isolation' | 'escort' | 'temperature' | 'doubleCheck'>): Tag[] {
  const out: Tag[] = []
  if (sheet.means) out.push({ words: t(`transport.means.${sheet.means}`) })
  if (sheet.oxygen) out.push({ words: t('transport.oxygen') })
  if (sheet.monitor) out.push({ words: t('transport.monitor') })
  if (sheet.isolation) out.push({ words: t(`transport.isolation.${sheet.isolation}`), warns: true })
  if (sheet.escort) out.push({ words: t(`transport.escort.${sheet.escort}`) })
  if (sheet.temperature) out.push({ words: t(`transport.temperature.${sheet.temperature}`) })
  if (sheet.doubleCheck) out.push({ words: t('transport.doubleCheck'), warns: true })
  return out
}
