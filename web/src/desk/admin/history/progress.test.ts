import { expect, it } from 'vitest'
import { percent } from './progress'

const batch = { state: 'importing' as const, done: 341, total: 1000, undoDone: 0, undoTotal: 0 }

it('tells whole percent of the work under way only', () => {
  expect(percent(batch)).toBe(34)
  expect(percent({ ...batch, state: 'imported' })).toBeUndefined()
  expect(percent({ ...batch, total: 0 })).toBeUndefined()
  expect(percent({ ...batch, state: 'undoing', undoDone: 999, undoTotal: 1000 })).toBe(99)
})
