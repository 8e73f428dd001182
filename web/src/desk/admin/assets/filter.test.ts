import { expect, it } from 'vitest'
import { assetFilterOf, assetQueryOf } from './filter'

it('comes back from the address as it went, without words nobody knows', () => {
  const filter = { q: '打印机', status: ['in_use' as const, 'lent' as const], placeId: 'p1' }
  expect(assetFilterOf(assetQueryOf(filter))).toEqual(filter)
  expect(assetFilterOf({ status: 'stolen', q: ['a', 'b'], other: 'x' })).toEqual({})
})
