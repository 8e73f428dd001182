import { describe, expect, it } from 'vitest'
import type { DeskOrder } from '../api/orders'
import { boardStates, columnsBy } from './columns'

const order = (id: string, more: Partial<DeskOrder>) => ({ id, status: 'queued', ...more }) as DeskOrder

describe('columnsBy', () => {
  it('shows every status, also the empty ones, in the order of the loop', () => {
    expect(columnsBy('status', [], []).map((column) => column.key)).toEqual(boardStates)
  })
  it('puts overdue ones first, then the nearest deadline, what has none last', () => {
    const orders = [order('none', {}), order('later', { finishDue: 20 }), order('late', { overdue: 'finish', finishDue: 30 }), order('soon', { finishDue: 10 })]
    const queued = columnsBy('status', orders, []).find((column) => column.key === 'queued')!
    expect(queued.orders.map((one) => one.id)).toEqual(['late', 'soon', 'later', 'none'])
  })
  it('counts what is not loaded too', () => {
    const tallies = [
      { status: 'queued', priority: 'P1', teamId: 't1', teamName: 'IT', count: 40, overdue: false },
      { status: 'queued', priority: 'P2', teamId: 't1', teamName: 'IT', count: 2, overdue: true },
    ]
    const [team] = columnsBy('team', [order('a', { teamId: 't1', teamName: 'IT' })], tallies)
    expect(team).toMatchObject({ key: 't1', name: 'IT', count: 42, overdue: 2 })
  })
  it('begins with those that have no team', () => {
    const keys = columnsBy('team', [order('a', { teamId: 't1', teamName: 'IT', overdue: 'finish' }), order('b', {})], []).map((column) => column.key)
    expect(keys).toEqual(['', 't1'])
  })
})
