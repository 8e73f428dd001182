import { effectScope, shallowRef } from 'vue'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { DeskOrder } from '../api/orders'
import { orderIdOf, useLiveOrders } from './liveOrders'

// The stream itself needs a server; what it says is handed over here.
const said: ((data: unknown) => void)[] = []
vi.mock('@/live/live', () => ({ useLive: (_topic: string, listener: (data: unknown) => void) => void said.push(listener) }))

const order = (id: string, version: number, more: Partial<DeskOrder> = {}) => ({ id, version, ...more }) as DeskOrder
const scope = effectScope()
beforeEach(() => {
  vi.useFakeTimers()
  said.length = 0
})
afterEach(() => {
  vi.useRealTimers()
})

function watching(rows: DeskOrder[], page: DeskOrder[]) {
  const list = shallowRef(rows)
  const live = scope.run(() => useLiveOrders(list, async () => ({ items: page })))!
  return { list, live, push: (data: unknown) => said.forEach((listener) => listener(data)) }
}

describe('useLiveOrders', () => {
  it('changes a row where it stands and keeps new ones behind the pill', async () => {
    const { list, live, push } = watching([order('b', 1), order('a', 1)], [order('c', 1), order('a', 2, { status: 'working' }), order('b', 1)])
    push({ subject: 'a' })
    await vi.advanceTimersByTimeAsync(500)
    expect(list.value.map((row) => row.id)).toEqual(['b', 'a'])
    expect(list.value[1]).toMatchObject({ version: 2, status: 'working' })
    expect(live.waiting.value).toBe(1)
    live.show()
    expect(list.value.map((row) => row.id)).toEqual(['c', 'b', 'a'])
    expect(live.waiting.value).toBe(0)
  })
  it('never puts an older state over a newer one', async () => {
    const { list, push } = watching([order('a', 5)], [order('a', 4)])
    push({ subject: 'a' })
    await vi.advanceTimersByTimeAsync(500)
    expect(list.value[0]?.version).toBe(5)
  })
  it('shows a new one once, also when it came by two ways', async () => {
    const { list, live, push } = watching([order('a', 1)], [order('b', 1), order('a', 1)])
    push(null)
    await vi.advanceTimersByTimeAsync(500)
    list.value = [order('b', 1), ...list.value]
    live.show()
    expect(list.value.map((row) => row.id)).toEqual(['b', 'a'])
  })
})

it('reads whom a push is about', () => {
  expect(orderIdOf({ subject: 'x', data: {} })).toBe('x')
  expect([null, 'x', {}, { subject: '' }, { subject: 3 }].map(orderIdOf)).toEqual([undefined, undefined, undefined, undefined, undefined])
})
