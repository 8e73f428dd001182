import { describe, expect, it } from 'vitest'
import { dayText, readDays, readSpans, spanText } from './spans'

describe('hours in words', () => {
  it('are read as they are written', () => {
    const hours = [{ from: '08:00', to: '12:00' }, { from: '13:30', to: '24:00' }]
    expect(readSpans(spanText(hours))).toEqual(hours)
    expect(readSpans('8:00–12:00，13:30~24:00')).toEqual(hours)
    expect(readSpans('')).toEqual([])
  })
  const words = { off: '休', work: '班' }
  it('stand for days of their own', () => {
    const text = '2026-12-31 08:00-12:00,13:00-15:00 年终\n2027-01-04 班\n2027-05-08 休 院庆'
    expect(dayText(readDays(text, words), words)).toBe(text)
    expect(readDays(text, words)['2026-12-31']).toEqual({ kind: 'own', name: '年终', intervals: [{ from: '08:00', to: '12:00' }, { from: '13:00', to: '15:00' }] })
  })
})
