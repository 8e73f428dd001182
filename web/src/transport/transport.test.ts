import { describe, expect, it } from 'vitest'
import type { QueuedAction } from '@/offline/queue'
import { compare, foreseeSheet, moves, tags, type Sheet } from './transport'

const sheet = (change: Partial<Sheet> = {}) =>
  ({ orderId: 'o', kind: 'blood', step: 'waiting', doubleCheck: true, checks: [], handovers: [], next: { step: 'pick_up', lacks: ['second'] }, ...change }) as Sheet
const waits = (label: string, body: Record<string, unknown> = {}) => ({ subject: 'o', label, body }) as unknown as QueuedAction

describe('transport', () => {
  it('knows items that move something by their code', () => expect(['TP01', 'TS03', 'TD04', 'HW02', 'TP', ''].map(moves)).toEqual([true, true, true, false, false, false]))
  it('goes on without a signal: what was picked up is delivered next, with the same demands', () => {
    const seen = foreseeSheet(sheet({ codes: ['A'] }), 'o', 'me', [waits('pick_up', { codes: ['A'] })])
    expect(seen.step).toBe('carried')
    expect(seen.next).toEqual({ step: 'deliver', lacks: ['second', 'codes'] })
    expect(foreseeSheet(sheet(), 'o', 'me', [waits('pick_up'), waits('deliver')]).next?.step).toBe('')
    expect(foreseeSheet(sheet(), 'other', 'me', [waits('pick_up')]).step).toBe('waiting')
  })
  it('counts a check that waits', () => {
    const seen = foreseeSheet(sheet({ next: { step: 'pick_up', lacks: ['identity', 'second'] } }), 'o', 'me', [waits('check')])
    expect(seen.next?.lacks).toEqual(['second'])
  })
  it('compares tubes', () => expect(compare(['A', 'B'], ['B', 'C'])).toEqual({ missing: ['A'], extra: ['C'] }))
  it('says at a glance what is needed', () =>
    expect(tags({ means: 'wheelchair', oxygen: true, monitor: false, isolation: 'contact', doubleCheck: false }).map((tag) => !!tag.warns)).toEqual([false, false, true]))
})
