import { api, type Schemas } from '@/api/client'
import type { TrackedOrder } from './order'

/** What the order's own link shows: no contact, no remarks. */
export type LinkView = Schemas['WorkorderPublicView']
/** What the order's own link allows. */
export type LinkCommand = Schemas['WorkorderLinkCommand']

/** Follows an order by its own link, without sign-in. */
export const followLink = (token: string) => api.get('/api/v1/public/orders/{token}', { path: { token } })

/** Urges, confirms, rates or sends back by the order's own link. */
export const actByLink = (token: string, body: LinkCommand, key: string) => api.post('/api/v1/public/orders/{token}', { path: { token }, body, key })

const over = ['closed', 'cancelled', 'merged', 'finished', 'confirmed']

/** The order behind a link, as far as its steps tell: enough to show how far it is. */
export function orderOfLink(view: LinkView): TrackedOrder & Pick<LinkView, 'incident'> {
  const order: TrackedOrder & Pick<LinkView, 'incident'> = {
    ...(view.incident ? { incident: view.incident, incidentRole: view.incidentRole } : {}),
    number: view.number,
    status: view.status as TrackedOrder['status'],
    open: !over.includes(view.status),
    itemName: view.itemName,
    itemNameEn: view.itemNameEn,
    symptom: view.symptom,
    mode: 'onsite',
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
    remedy: view.remedy,
    rating: view.rating,
  }
  for (const step of view.steps) tell(order, step)
  return order
}

function tell(order: TrackedOrder, { kind, at }: { kind: string; at: number }): void {
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
