import { describe, expect, it } from 'vitest'
import { filterOf, queryOf, sameFilter } from './filter'

describe('filters in the address', () => {
  it('come back as they went', () => {
    const filter = { status: ['queued', 'pooled'], open: true, overdue: true, text: '打印机 & 3F', from: 1_700_000_000_000, teamId: 't1', sort: 'due' }
    expect(filterOf(queryOf(filter))).toEqual(filter)
  })
  it('leave out what an address does not say or says wrongly', () => {
    expect(filterOf({ from: 'abc', to: '-1', open: 'yes', status: ',', unknown: 'x' })).toEqual({})
    expect(queryOf({ status: [], text: '', open: false })).toEqual({})
  })
  it('take all of repeated lists, and the first of what can be there once', () => {
    expect(filterOf({ text: ['a', 'b'], status: ['queued', 'held,pooled'] })).toEqual({ text: 'a', status: ['queued', 'held', 'pooled'] })
  })
  it('are the same whatever the order of their parts', () => {
    expect(sameFilter({ open: true, text: 'x' }, { text: 'x', open: true })).toBe(true)
    expect(sameFilter({ open: true }, { overdue: true })).toBe(false)
  })
})
