import type { Card, Group, GroupBy, Seen } from '../api/board'

/** One column of the board, with its true numbers: more orders may be open than are loaded. */
export interface BoardColumn {
  key: string
  /** The team's, person's or building's name; status columns are named by their status. */
  name: string
  cards: Card[]
  count: number
  overdue: number
  /** The team of a person's column, for giving orders to that person. */
  teamId?: string
  /** Somebody on duty without any order is shown too: work can be given to them. */
  idle?: boolean
}

export const boardStates = ['reported', 'queued', 'pooled', 'assigned', 'accepted', 'working', 'held']

/** By how much an urge moves an order up. */
const urgeWorth = 30 * 60_000

/** The most pressing first: overdue ones, then by the deadline, brought forward by urges; what has none comes last. */
export function pressing(a: Card, b: Card): number {
  const late = Number(Boolean(b.overdue)) - Number(Boolean(a.overdue))
  if (late !== 0) return late
  const due = (card: Card) => (card.finishDue ?? Infinity) - card.urges * urgeWorth
  return due(a) === due(b) ? a.id.localeCompare(b.id) : due(a) - due(b)
}

/** Campus and building of a place's full name: what a column of places stands for. */
export const buildingOf = (placeName: string | undefined): string => (placeName ?? '').split('/').slice(0, 2).join(' / ')

const keyOf: Record<GroupBy, (card: Card) => string> = {
  status: (card) => card.status,
  team: (card) => card.teamId ?? '',
  person: (card) => card.assigneeId ?? '',
  place: (card) => buildingOf(card.placeName),
}
const nameOf: Record<GroupBy, (card: Card) => string> = {
  status: () => '',
  team: (card) => card.teamName ?? '',
  person: (card) => card.assigneeName ?? '',
  place: (card) => buildingOf(card.placeName),
}

/**
 * Open orders in columns. Statuses stand in the order of the loop, all others by name, those that have none first:
 * a column never changes its place because of what happens in it.
 */
export function columnsBy(by: GroupBy, cards: readonly Card[], groups: readonly Group[], crew: readonly Seen[] = []): BoardColumn[] {
  const columns = new Map<string, BoardColumn>()
  const column = (key: string, name: string) => {
    let found = columns.get(key)
    if (!found) columns.set(key, (found = { key, name, cards: [], count: 0, overdue: 0 }))
    found.name ||= name
    return found
  }
  if (by === 'status') boardStates.forEach((key) => column(key, ''))
  for (const group of groups) {
    const key = by === 'place' ? buildingOf(group.name) : group.key
    const into = column(key, by === 'place' ? key : by === 'status' ? '' : (group.name ?? ''))
    into.count += group.open
    into.overdue += group.overdue
  }
  for (const card of cards) {
    const into = column(keyOf[by](card), nameOf[by](card))
    into.cards.push(card)
    if (by === 'person') into.teamId ??= card.teamId
  }
  if (by === 'person') {
    for (const one of crew) {
      const known = columns.has(one.personId)
      const into = column(one.personId, one.name)
      into.teamId ??= one.teamId
      into.idle = !known
    }
  }
  const list = [...columns.values()]
  for (const one of list) {
    one.cards.sort(pressing)
    one.count = Math.max(one.count, one.cards.length)
  }
  if (by === 'status') return list
  return list.sort((a, b) => Number(a.key !== '') - Number(b.key !== '') || Number(a.idle ?? false) - Number(b.idle ?? false) || a.name.localeCompare(b.name, 'zh-Hans-CN') || a.key.localeCompare(b.key))
}

/**
 * The cards of a column while somebody points at it: none moves, what has come waits, what has gone stays as a
 * shadow until the pointer leaves. `held` are the ids as they stood when it came.
 */
export function whilePointedAt(cards: readonly Card[], held: readonly string[], shadow: (id: string) => Card | undefined): { rows: { card: Card; gone: boolean }[]; waiting: number } {
  const now = new Map(cards.map((card) => [card.id, card]))
  const rows: { card: Card; gone: boolean }[] = []
  for (const id of held) {
    const card = now.get(id)
    const before = card ?? shadow(id)
    if (before) rows.push({ card: before, gone: !card })
    now.delete(id)
  }
  return { rows, waiting: now.size }
}
