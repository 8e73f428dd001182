import { describe, expect, it } from 'vitest'
import { acts, offered } from './actions'

describe('offered', () => {
  it('keeps to what the order allows, in a lasting order', () => {
    expect(offered(['cancel', 'dispatch', 'unheard_of']).map((act) => act.kind)).toEqual(['dispatch', 'cancel'])
  })
  it('never gives one key to two commands', () => {
    const keys = offered(acts.map((act) => act.kind))
      .map((act) => act.keys)
      .filter(Boolean)
    expect(new Set(keys).size).toBe(keys.length)
  })
  it('leaves J, K, G and X to the lists', () => {
    expect(acts.filter((act) => ['j', 'k', 'g', 'x', '?', '/'].includes(act.keys))).toEqual([])
  })
})
