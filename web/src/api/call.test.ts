import { afterEach, describe, expect, it, vi } from 'vitest'
import { onSignedOut, send } from './call'
import { Problem } from './problem'
import { reachable } from './reach'

function answer(status: number, body: unknown = {}) {
  const seen: Request[] = []
  vi.stubGlobal(
    'fetch',
    vi.fn(async (request: Request) => {
      seen.push(request)
      return new Response(JSON.stringify(body), { status, headers: { 'Content-Type': 'application/problem+json' } })
    }),
  )
  return seen
}
afterEach(() => {
  vi.unstubAllGlobals()
  onSignedOut(() => {})
})

describe('send', () => {
  it('gives every command a key of its own, and keeps the one it is given', async () => {
    const seen = answer(200)
    await send('POST', '/api/v1/orders', {})
    await send('POST', '/api/v1/orders', {})
    await send('POST', '/api/v1/orders', {}, { key: 'k-1' })
    await send('GET', '/api/v1/orders')
    const keys = seen.map((request) => request.headers.get('Idempotency-Key'))
    expect(keys[0]).toMatch(/^[0-9a-f-]{36}$/)
    expect(keys[1]).not.toBe(keys[0])
    expect(keys[2]).toBe('k-1')
    expect(keys[3]).toBeNull()
    expect(seen.every((request) => request.headers.get('Accept-Language') === 'zh-CN')).toBe(true)
  })

  it('throws a refusal as a Problem', async () => {
    answer(409, { code: 'order.taken', title: 'Taken by Li', params: { name: 'Li' } })
    await expect(send('POST', '/api/v1/orders/1/grab', {})).rejects.toMatchObject({ status: 409, code: 'order.taken', message: 'Taken by Li', params: { name: 'Li' } })
  })

  it('tells of an ended session, but not of a refused sign-in', async () => {
    answer(401, { code: 'unauthorized' })
    const ended = vi.fn()
    onSignedOut(ended)
    await expect(send('POST', '/api/v1/auth/login', {})).rejects.toBeInstanceOf(Problem)
    expect(ended).not.toHaveBeenCalled()
    await expect(send('GET', '/api/v1/orders')).rejects.toBeInstanceOf(Problem)
    expect(ended).toHaveBeenCalledOnce()
  })

  it('says offline when no answer came', async () => {
    vi.stubGlobal('fetch', vi.fn(async () => Promise.reject(new TypeError('Failed to fetch'))))
    await expect(send('GET', '/api/v1/orders')).rejects.toMatchObject({ status: 0, offline: true })
    expect(reachable.value).toBe(false)
    answer(404)
    await expect(send('GET', '/api/v1/orders')).rejects.toMatchObject({ status: 404 })
    expect(reachable.value).toBe(true)
  })
})
