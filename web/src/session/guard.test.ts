import { describe, expect, it } from 'vitest'
import { safeTarget } from './guard'

describe('safeTarget', () => {
  it.each(['/o/1', '/?a=b', '/'])('keeps %s', (to) => expect(safeTarget(to)).toBe(to))
  it.each(['//evil.example', '/\\evil.example', 'https://evil.example', 'javascript:alert(1)', undefined, ['/a'], ''])(
    'refuses %j',
    (to) => expect(safeTarget(to)).toBe('/'),
  )
})
