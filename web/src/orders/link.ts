import { send } from '@/api/call'
import type { Order, Scores } from './order'

/** What the order's own link shows: no contact, no remarks. */
export interface LinkView {
  token: string
  number: string
  status: string
  itemName: string
  itemNameEn: string
  symptom?: string
  placeName?: string
  priority: string
  teamName?: string
  assigneeName?: string
  reportedAt: number
  finishedAt?: number
  urges: number
  remedy?: string
  rating?: Scores
  actions: string[]
  steps: { kind: string; at: number; name?: string }[]
  respondDue?: number
  arriveDue?: number
  finishDue?: number
}

const path = (token: string) => `/api/v1/public/orders/${encodeURIComponent(token)}`

/** Follows an order by its own link, without sign-in. */
export const followLink = (token: string) => send('GET', path(token)) as Promise<LinkView>

/** Urges, confirms, rates or sends back by the order's own link. */
export const actByLink = (token: string, kind: string, body: { note?: string; scores?: Scores }, key: string) =>
  send('POST', path(token), { kind, ...body }, { key }) as Promise<LinkView>

const over = ['closed', 'cancelled', 'merged', 'finished', 'confirmed']

/** The order behind a link, as far as its steps tell: enough to show how far it is. */
export function orderOfLink(view: LinkView): Order {
  const order: Order = {
    id: view.token,
    number: view.number,
    version: 0,
    status: view.status,
    open: !over.includes(view.status),
    channel: '',
    itemId: '',
    itemVersion: 0,
    itemName: view.itemName,
    itemNameEn: view.itemNameEn,
    symptom: view.symptom,
    priority: view.priority,
    mode: 'onsite',
    departmentName: '',
    placeName: view.placeName,
    teamName: view.teamName,
    assigneeName: view.assigneeName,
    reportedAt: view.reportedAt,
    finishedAt: view.finishedAt,
    respondDue: view.respondDue,
    arriveDue: view.arriveDue,
    finishDue: view.finishDue,
    clockStart: view.reportedAt,
    urges: view.urges,
    reworks: 0,
    visits: 0,
    labour: 0,
    remedy: view.remedy,
    rating: view.rating,
  }
  for (const step of view.steps) tell(order, step)
  return order
}

function tell(order: Order, { kind, at }: { kind: string; at: number }): void {
  switch (kind) {
    case 'dispatch':
    case 'pool':
    case 'transfer':
      order.dispatchedAt = at
      break
    case 'grab':
      order.dispatchedAt = at
      order.acceptedAt ??= at
      break
    case 'accept':
      order.acceptedAt ??= at
      break
    case 'arrive':
      order.acceptedAt ??= at
      order.arrivedAt ??= at
      break
    case 'remote_solve':
      order.mode = 'remote'
      order.acceptedAt ??= at
      break
    case 'confirm':
      order.confirmedAt = at
      break
    case 'close':
      order.closedAt = at
      break
    case 'not_solved':
      // It begins again; the same worker has it.
      order.clockStart = at
      order.acceptedAt = order.arrivedAt = order.confirmedAt = order.closedAt = undefined
  }
}
