import { describe, expect, it } from 'vitest'
import { countdownDigits, dueState, shortDate, span } from './format'

const words = { today: 'today', yesterday: 'yesterday', tomorrow: 'tomorrow' }
const at = (y: number, m: number, d: number, h = 0, min = 0) => new Date(y, m - 1, d, h, min).getTime()

describe('shortDate', () => {
  const now = at(2026, 11, 22, 0, 10)
  it.each([
    [at(2026, 11, 22, 14, 5), 'today 14:05'],
    // Ten minutes after midnight, what happened 15 minutes ago was yesterday.
    [at(2026, 11, 21, 23, 55), 'yesterday 23:55'],
    [at(2026, 11, 23, 8, 0), 'tomorrow 08:00'],
    [at(2026, 11, 20, 14, 5), '11-20 14:05'],
    [at(2025, 11, 22, 14, 5), '2025-11-22 14:05'],
  ])('%i', (ms, want) => expect(shortDate(ms, now, words)).toBe(want))

  it('knows yesterday across the turn of the year', () => {
    expect(shortDate(at(2025, 12, 31, 9), at(2026, 1, 1, 9), words)).toBe('yesterday 09:00')
  })
})

describe('span', () => {
  it.each([
    [59_999, 'now', 0],
    [60_000, 'minutes', 1],
    [-3_599_000, 'minutes', 59],
    [3_600_000, 'hours', 1],
    [86_400_000 * 2 + 5, 'days', 2],
  ])('%i ms', (ms, unit, count) => expect(span(ms)).toEqual({ unit, count }))
})

describe('countdownDigits', () => {
  it('shows minutes and seconds, hours only when there are some', () => {
    expect(countdownDigits(299_999)).toBe('04:59')
    expect(countdownDigits(-61_000)).toBe('01:01')
    expect(countdownDigits(3_899_000)).toBe('1:04:59')
  })
})

describe('dueState', () => {
  const due = 10_000_000
  it('is overdue from the deadline itself', () => {
    expect(dueState(due, due)).toBe('overdue')
    expect(dueState(due, due - 1)).toBe('soon')
  })
  it('warns in the last fifth of the limit', () => {
    const start = due - 100 * 60_000
    expect(dueState(due, due - 21 * 60_000, start)).toBe('fine')
    expect(dueState(due, due - 20 * 60_000, start)).toBe('soon')
  })
  it('warns at least one minute and at most an hour before', () => {
    expect(dueState(due, due - 60_000, due - 2 * 60_000)).toBe('soon')
    expect(dueState(due, due - 61 * 60_000, due - 7200 * 60_000)).toBe('fine')
    expect(dueState(due, due - 60 * 60_000, due - 7200 * 60_000)).toBe('soon')
  })
})
