import { describe, expect, it } from 'vitest'
import type { Order } from './order'
import { nextClock, progress, urgeWait } from './progress'

const order = (more: Partial<Order>): Order =>
  ({ status: 'reported', open: true, mode: 'onsite', reportedAt: 1, clockStart: 1, ...more }) as Order
const line = (more: Partial<Order>) => progress(order(more)).map((one) => `${one.step}:${one.state}`)

describe('progress', () => {
  it('shows what is done, what is awaited and what lies ahead', () => {
    expect(line({ dispatchedAt: 2, acceptedAt: 3 })).toEqual([
      'report:done',
      'dispatch:done',
      'accept:done',
      'arrive:now',
      'finish:ahead',
      'confirm:ahead',
    ])
  })
  it('has no arrival for what is solved remotely', () => {
    expect(line({ mode: 'remote' })).not.toContain('arrive:ahead')
    expect(line({ acceptedAt: 2, finishedAt: 3, status: 'finished' }).map((s) => s.split(':')[0])).not.toContain('arrive')
  })
  it('ends with what was done when it was cancelled', () => {
    expect(line({ status: 'cancelled', dispatchedAt: 2 })).toEqual(['report:done', 'dispatch:done'])
  })
  it('is complete when confirmed, or closed by itself', () => {
    const done = { dispatchedAt: 2, acceptedAt: 3, arrivedAt: 4, finishedAt: 5, status: 'closed' as const }
    expect(line({ ...done, closedAt: 9 }).at(-1)).toBe('confirm:done')
  })
})

describe('nextClock', () => {
  const dues = { respondDue: 10, arriveDue: 20, finishDue: 30 }
  it('is the first that has not been met', () => {
    expect(nextClock(order(dues))?.clock).toBe('respond')
    expect(nextClock(order({ ...dues, acceptedAt: 5 }))?.clock).toBe('arrive')
    expect(nextClock(order({ ...dues, acceptedAt: 5, arrivedAt: 6 }))?.dueAt).toBe(30)
  })
  it('never awaits an arrival of remote work, stands still while held, ends with the work', () => {
    expect(nextClock(order({ ...dues, acceptedAt: 5, mode: 'remote' }))?.clock).toBe('finish')
    expect(nextClock(order({ ...dues, status: 'held' }))?.paused).toBe(true)
    expect(nextClock(order({ ...dues, open: false }))).toBeNull()
  })
})

describe('urgeWait', () => {
  it('counts from the last urge', () => {
    const events = [{ kind: 'urge', at: 0 }, { kind: 'urge', at: 60_000 }, { kind: 'note', at: 600_000 }]
    expect(urgeWait(events, 120_000)).toBe(9 * 60_000)
    expect(urgeWait(events, 660_000)).toBe(0)
    expect(urgeWait([], 5)).toBe(0)
  })
})
