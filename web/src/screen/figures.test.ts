import { describe, expect, it } from 'vitest'
import type { ScreenData, ScreenOrder } from './feed'
import { byState, byTeam, hoursAndMinutes, lateness, percent, placeWords, pressing } from './figures'

type Tally = ScreenData['open'][number]
const tally = (status: string, teamId: string, count: number, overdue = false): Tally => ({ status, teamId, teamName: teamId.toUpperCase(), count, overdue, priority: 'P3' })

describe('open orders', () => {
  it('are counted by state, also the states without any', () => {
    const states = byState([tally('queued', 'a', 2), tally('queued', 'b', 3, true), tally('held', 'a', 1)])
    expect(states.map(({ state, count }) => `${state} ${count}`)).toEqual(['reported 0', 'queued 5', 'pooled 0', 'assigned 0', 'accepted 0', 'working 0', 'held 1'])
  })
  it('are pressing when late or of the highest priority', () => {
    expect(pressing([tally('queued', 'a', 2, true), { ...tally('queued', 'a', 4), priority: 'T0' }, { ...tally('held', 'b', 1, true), priority: 'P1' }])).toEqual({ late: 3, urgent: 5 })
  })
  it('are counted by team, the busiest first, with the late ones', () => {
    expect(byTeam([tally('queued', 'a', 1), tally('queued', 'b', 2), tally('working', 'a', 4, true)], 6)).toEqual([
      { id: 'a', name: 'A', count: 5, late: 4 },
      { id: 'b', name: 'B', count: 2, late: 0 },
    ])
  })
  it('of the teams without a bar of their own, and of none, make the last bar, and none is lost', () => {
    const open = [tally('queued', '', 9, true), tally('queued', 'a', 5), tally('queued', 'b', 4), tally('queued', 'c', 3), tally('queued', 'd', 2)]
    expect(byTeam(open, 3).map(({ id, count, late }) => [id, count, late])).toEqual([
      ['a', 5, 0],
      ['b', 4, 0],
      ['', 14, 9],
    ])
    expect(byTeam(open, 5).map(({ count }) => count)).toEqual([5, 4, 3, 2, 9])
  })
})

describe('a late order', () => {
  const now = 10_000_000
  const order = (finishDue: number | undefined, overdue: string) => lateness({ finishDue, overdue } as ScreenOrder, now)
  it('tells of its finish as soon as that has passed', () => {
    expect(order(now - 5, 'respond')).toEqual({ clock: 'finish', over: 5 })
  })
  it('tells of the later of the clocks that ran out before', () => {
    expect(order(now + 5, 'respond,arrive')).toEqual({ clock: 'arrive', over: -5 })
    expect(order(now + 5, 'respond')).toEqual({ clock: 'respond', over: -5 })
    expect(order(undefined, 'respond')).toEqual({ clock: 'respond', over: undefined })
  })
})

describe('words of the wall', () => {
  it('leave the bed and the campus out of a place', () => {
    expect(placeWords('East/Ward block/4F/Room 412/Bed 7')).toBe('Ward block 4F Room 412')
    expect(placeWords('East/Gate')).toBe('East Gate')
    expect(placeWords('')).toBe('')
  })
  it('have no percent of nothing', () => {
    expect(percent(0, 0)).toBeUndefined()
    expect(percent(2, 3)).toBe(67)
  })
  it('count whole minutes, over or ahead', () => {
    expect(hoursAndMinutes(-3_719_000)).toEqual({ hours: 1, minutes: 1 })
  })
})
