import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { complain, dismiss, offerUndo, say, toasts } from './toast'

beforeEach(() => vi.useFakeTimers())
afterEach(() => {
  while (toasts.length > 0) dismiss(toasts[0]!.id)
  vi.useRealTimers()
})
const texts = () => toasts.map((toast) => toast.text)

describe('toasts', () => {
  it('go by themselves, complaints later', () => {
    say('done')
    complain('wrong')
    vi.advanceTimersByTime(4_000)
    expect(texts()).toEqual(['wrong'])
    vi.advanceTimersByTime(4_000)
    expect(texts()).toEqual([])
  })
  it('show only the last of what went well, but keep complaints and what can be undone', () => {
    say('first')
    complain('wrong')
    offerUndo('moved', () => {})
    say('second')
    expect(texts()).toEqual(['wrong', 'moved', 'second'])
  })
  it('are three at most', () => {
    for (const text of ['a', 'b', 'c', 'd']) complain(text)
    expect(texts()).toEqual(['b', 'c', 'd'])
  })
})
