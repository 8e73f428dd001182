import { describe, expect, it } from 'vitest'
import { pageHere } from './inbox'

describe('pageHere', () => {
  it.each([
    ['/m/work/o/1', '/m/work/', '/o/1'],
    ['/m/o/1', '/m/', '/o/1'],
    ['/m/work/o/1', '/m/', null],
    ['/m/o/1', '/m/work/', null],
    ['/desk/orders/1', '/m/', null],
    [undefined, '/m/', null],
  ])('%s within %s', (page, base, want) => expect(pageHere(page, base)).toBe(want))
})
