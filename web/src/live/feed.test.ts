import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { openFeed, type FeedState, type Push } from './feed'

/** The part of the browser's EventSource that the feed relies on. */
class FakeSource {
  static made: FakeSource[] = []
  static readonly CLOSED = 2
  readyState = 0
  onopen: (() => void) | null = null
  onerror: (() => void) | null = null
  private listeners = new Map<string, (event: { data: string }) => void>()
  closed = false

  constructor(readonly url: string) {
    FakeSource.made.push(this)
  }
  addEventListener(topic: string, listener: (event: { data: string }) => void) {
    this.listeners.set(topic, listener)
  }
  close() {
    this.closed = true
  }
  open() {
    this.readyState = 1
    this.onopen?.()
  }
  push(topic: string, data: string) {
    this.listeners.get(topic)?.({ data })
  }
  fail(forGood: boolean) {
    this.readyState = forGood ? 2 : 0
    this.onerror?.()
  }
}

let pushes: Push[]
let states: FeedState[]
const latest = () => FakeSource.made.at(-1)!

beforeEach(() => {
  vi.useFakeTimers()
  vi.stubGlobal('EventSource', FakeSource)
  FakeSource.made = []
  pushes = []
  states = []
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})
const start = () => openFeed('/live', ['order'], (push) => pushes.push(push), (state) => states.push(state))

describe('openFeed', () => {
  it('hands on pushes, and survives one that is no JSON', () => {
    start()
    latest().open()
    latest().push('order', '{"subject":"o1"}')
    latest().push('order', '{broken')
    expect(pushes).toEqual([{ topic: 'order', data: { subject: 'o1' } }, { topic: 'order', data: null }])
  })
  it('leaves a lost line to the browser, which resumes without loss', () => {
    start()
    latest().open()
    latest().fail(false)
    latest().open()
    expect(FakeSource.made).toHaveLength(1)
    expect(pushes).toEqual([])
    expect(states).toEqual(['connecting', 'open', 'lost', 'open'])
  })
  it('opens anew after the server ended the stream for good, and then asks for a fresh start', () => {
    start()
    latest().open()
    latest().fail(true)
    vi.advanceTimersByTime(10_000)
    expect(FakeSource.made).toHaveLength(2)
    latest().open()
    expect(pushes).toEqual([{ topic: 'resync', data: null }])
  })
  it('does not push others out when the person has too many streams', () => {
    start()
    latest().open()
    latest().push('bye', '{"reason":"limit"}')
    vi.advanceTimersByTime(59_000)
    expect(FakeSource.made).toHaveLength(1)
    vi.advanceTimersByTime(120_000)
    expect(FakeSource.made).toHaveLength(2)
    expect(states.at(-1)).toBe('connecting')
  })
  it('stays shut once closed', () => {
    const feed = start()
    latest().open()
    feed.close()
    latest().fail(true)
    vi.advanceTimersByTime(60_000)
    expect(FakeSource.made).toHaveLength(1)
    expect(latest().closed).toBe(true)
  })
})
