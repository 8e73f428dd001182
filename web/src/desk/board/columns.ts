import type { DeskOrder, Tally } from '../api/orders'

/** One column of the board, with its true numbers: more orders may be open than are loaded. */
export interface BoardColumn {
  key: string
  /** The team's name; status columns are named by their status. */
  name?: string
  orders: DeskOrder[]
  count: number
  overdue: number
}

export const boardStates = ['reported', 'queued', 'pooled', 'assigned', 'accepted', 'working', 'held']

/** By how much an urge moves an order up. */
const urgeWorth = 30 * 60_000

/** The most pressing first: overdue ones, then by the deadline, brought forward by urges; what has none comes last. */
export function pressing(a: DeskOrder, b: DeskOrder): number {
  const late = Number(Boolean(b.overdue)) - Number(Boolean(a.overdue))
  if (late !== 0) return late
  const due = (order: DeskOrder) => (order.finishDue ?? Infinity) - order.urges * urgeWorth
  return due(a) === due(b) ? a.id.localeCompare(b.id) : due(a) - due(b)
}

/** Open orders in columns by status, or by team (those without a team first). */
export function columnsBy(by: 'status' | 'team', orders: readonly DeskOrder[], tallies: readonly Tally[]): BoardColumn[] {
  const keyOf = (one: { status: string; teamId?: string }) => (by === 'status' ? one.status : (one.teamId ?? ''))
  const columns = new Map<string, BoardColumn>()
  const column = (key: string, name?: string) => {
    let found = columns.get(key)
    if (!found) columns.set(key, (found = { key, name, orders: [], count: 0, overdue: 0 }))
    found.name ||= name
    return found
  }
  if (by === 'status') boardStates.forEach((key) => column(key))
  for (const tally of tallies) {
    const into = column(keyOf(tally), by === 'team' ? tally.teamName : undefined)
    into.count += tally.count
    if (tally.overdue) into.overdue += tally.count
  }
  for (const order of orders) column(keyOf(order), by === 'team' ? order.teamName : undefined).orders.push(order)
  const list = [...columns.values()]
  for (const one of list) {
    one.orders.sort(pressing)
    one.count = Math.max(one.count, one.orders.length)
  }
  return by === 'status' ? list : list.sort((a, b) => Number(a.key !== '') - Number(b.key !== '') || b.overdue - a.overdue || b.count - a.count)
}
