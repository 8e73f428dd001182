import { describe, expect, it } from 'vitest'
import { address } from './client'

describe('address', () => {
  it('fills the parts in, whatever they hold', () => {
    expect(address('/api/v1/orders/{id}/tasks/{taskId}/done', { id: '261122-0042', taskId: 'a/b?c' })).toBe(
      '/api/v1/orders/261122-0042/tasks/a%2Fb%3Fc/done',
    )
  })
  it('leaves out what is not set, joins lists by commas, keeps false and zero', () => {
    expect(address('/x', {}, { a: undefined, b: '', c: [], d: ['p', 'q'], e: false, f: 0 })).toBe('/x?d=p%2Cq&e=false&f=0')
  })
})
