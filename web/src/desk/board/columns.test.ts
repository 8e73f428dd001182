import { describe, expect, it } from 'vitest'
import type { Card, Group, Seen } from '../api/board'
import { boardStates, columnsBy, whilePointedAt } from './columns'

const card = (id: string, more: Partial<Card> = {}) => ({ id, status: 'queued', urges: 0, ...more }) as Card
const group = (key: string, name: string, open: number, overdue = 0) => ({ key, name, open, overdue }) as Group

describe('columnsBy', () => {
  it('shows every status, also the empty ones, in the order of the loop', () => {
    expect(columnsBy('status', [], []).map((column) => column.key)).toEqual(boardStates)
  })
  it('puts overdue ones first, then the nearest deadline, what has none last', () => {
    const cards = [card('none'), card('later', { finishDue: 20 }), card('late', { overdue: 'finish', finishDue: 30 }), card('soon', { finishDue: 10 })]
    const queued = columnsBy('status', cards, []).find((column) => column.key === 'queued')!
    expect(queued.cards.map((one) => one.id)).toEqual(['late', 'soon', 'later', 'none'])
  })
  it('brings forward what somebody urged', () => {
    const hour = 3_600_000
    const cards = [card('first', { finishDue: hour }), card('urged', { finishDue: hour + 60_000, urges: 1 })]
    expect(columnsBy('status', cards, []).find((column) => column.key === 'queued')!.cards.map((one) => one.id)).toEqual(['urged', 'first'])
  })
  it('counts what is not loaded too', () => {
    const [team] = columnsBy('team', [card('a', { teamId: 't1', teamName: 'IT' })], [group('t1', 'IT', 42, 2)])
    expect(team).toMatchObject({ key: 't1', name: 'IT', count: 42, overdue: 2 })
  })
  it('begins with those that have no team, and keeps the others in their places whatever happens in them', () => {
    const keys = columnsBy('team', [card('a', { teamId: 't2', teamName: 'B', overdue: 'finish' }), card('b'), card('c', { teamId: 't1', teamName: 'A' })], []).map((column) => column.key)
    expect(keys).toEqual(['', 't1', 't2'])
  })
  it('adds the places of a building up', () => {
    const columns = columnsBy('place', [card('a', { placeName: '本部/外科楼/4层/401' })], [group('p1', '本部/外科楼/4层/401', 3, 1), group('p2', '本部/外科楼/1层/101', 2)])
    expect(columns).toHaveLength(1)
    expect(columns[0]).toMatchObject({ name: '本部 / 外科楼', count: 5, overdue: 1 })
  })
  it('shows those on duty who have nothing in hand behind the others', () => {
    const crew = [{ personId: 'p1', name: '甲', teamId: 't1', open: 0 }, { personId: 'p2', name: '乙', teamId: 't1', open: 1 }] as Seen[]
    const columns = columnsBy('person', [card('a', { assigneeId: 'p2', assigneeName: '乙', teamId: 't1' })], [group('p2', '乙', 1)], crew)
    expect(columns.map((one) => [one.key, one.idle ?? false, one.teamId])).toEqual([['p2', false, 't1'], ['p1', true, 't1']])
  })
})

describe('whilePointedAt', () => {
  it('moves nothing: what has gone stays as a shadow, what has come waits', () => {
    const gone = card('b')
    const { rows, waiting } = whilePointedAt([card('new'), card('a'), card('c')], ['c', 'b', 'a'], (id) => (id === 'b' ? gone : undefined))
    expect(rows.map((row) => [row.card.id, row.gone])).toEqual([['c', false], ['b', true], ['a', false]])
    expect(waiting).toBe(1)
  })
})
