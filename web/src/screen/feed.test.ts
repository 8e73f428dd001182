import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { effectScope } from 'vue'
import { pause, refused, staleMs, useFeed } from './feed'
import { nextReload, reloadNightly } from './nightly'

let scope = effectScope()
beforeEach(() => {
  vi.useFakeTimers({ now: Date.UTC(2026, 10, 22, 12) })
  scope = effectScope()
})
afterEach(() => {
  scope.stop()
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

function server(answer: () => Promise<Response>) {
  const asked = vi.fn(answer)
  vi.stubGlobal('fetch', asked)
  return asked
}
const good = async () => Response.json({ name: 'A', at: Date.now() })
const gone = async () => Response.json({ code: 'not_found' }, { status: 404 })
const away = () => Promise.reject(new TypeError('offline'))

describe('the pause before asking again', () => {
  it('doubles with each failure up to half a minute', () => {
    expect([0, 1, 2, 3, 4, 50].map((failures) => pause(failures, 0.5))).toEqual([2000, 4000, 8000, 16000, 30000, 30000])
  })
  it('is spread, so that many screens do not ask as one', () => {
    expect([pause(4, 0), pause(4, 1)]).toEqual([24000, 36000])
  })
  it('knows a refused link from a server in trouble', () => {
    expect([404, 422, 0, 429, 500, 503].map(refused)).toEqual([true, true, false, false, false, false])
  })
})

describe('the feed', () => {
  it('asks every two seconds and is never stale while answers come', async () => {
    const asked = server(good)
    const feed = scope.run(() => useFeed('t'))!
    await vi.advanceTimersByTimeAsync(60_100)
    expect(asked.mock.calls.length).toBe(31)
    expect(feed.stale.value).toBe(false)
    expect(feed.data.value?.name).toBe('A')
  })
  it('keeps the old data, calls it stale after 20 seconds, and recovers by itself', async () => {
    let answer: () => Promise<Response> = good
    server(() => answer())
    const feed = scope.run(() => useFeed('t'))!
    await vi.advanceTimersByTimeAsync(100)
    answer = away
    await vi.advanceTimersByTimeAsync(staleMs - 2_000)
    expect(feed.stale.value).toBe(false)
    await vi.advanceTimersByTimeAsync(4_000)
    expect(feed.stale.value).toBe(true)
    expect(feed.data.value?.name).toBe('A')
    answer = good
    await vi.advanceTimersByTimeAsync(40_000)
    expect([feed.stale.value, feed.failures.value]).toEqual([false, 0])
  })
  it('gives an answer that never comes up, and asks again', async () => {
    const asked = vi.fn((request: Request) => new Promise<Response>((_, fail) => request.signal.addEventListener('abort', () => fail(new DOMException('', 'AbortError')))))
    vi.stubGlobal('fetch', asked)
    scope.run(() => useFeed('t'))
    await vi.advanceTimersByTimeAsync(16_000)
    expect(asked.mock.calls.length).toBe(2)
  })
  it('says that a link is closed, and opens when the server knows it again', async () => {
    let answer = gone
    const asked = server(() => answer())
    const feed = scope.run(() => useFeed('t'))!
    await vi.advanceTimersByTimeAsync(59_000)
    expect([feed.closed.value, asked.mock.calls.length]).toEqual([true, 1])
    answer = good
    await vi.advanceTimersByTimeAsync(2_000)
    expect(feed.closed.value).toBe(false)
  })
  it('without a token asks nobody, and stops with its component', async () => {
    const asked = server(good)
    expect(scope.run(() => useFeed(''))!.closed.value).toBe(true)
    const other = effectScope()
    other.run(() => useFeed('t'))
    other.stop()
    await vi.advanceTimersByTimeAsync(60_000)
    expect(asked.mock.calls.length).toBe(1)
  })
})

describe('the nightly reload', () => {
  const at = (day: number, hour: number, minute: number) => new Date(2026, 10, day, hour, minute).getTime()
  it('is due at the next half past three', () => {
    expect(nextReload(at(22, 3, 0))).toBe(at(22, 3, 30))
    expect(nextReload(at(22, 3, 30))).toBe(at(23, 3, 30))
    expect(nextReload(at(22, 23, 0))).toBe(at(23, 3, 30))
  })
  it('waits until the server answers', () => {
    vi.setSystemTime(at(22, 3, 20))
    let answering = false
    const reload = vi.fn()
    const stop = reloadNightly(() => answering, reload)
    vi.advanceTimersByTime(30 * 60_000)
    expect(reload).not.toHaveBeenCalled()
    answering = true
    vi.advanceTimersByTime(60_000)
    expect(reload).toHaveBeenCalledOnce()
    stop()
  })
})
