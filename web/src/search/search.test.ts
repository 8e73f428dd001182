import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { effectScope, nextTick } from 'vue'
import { useSearch } from './search'

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

describe('useSearch', () => {
  it('asks once for a word typed quickly, and drops the answer to an older one', async () => {
    const asked: string[] = []
    const answers = new Map<string, (items: string[]) => void>()
    const scope = effectScope()
    const { words, found } = scope.run(() =>
      useSearch<string>((text) => {
        asked.push(text)
        return new Promise((done) => answers.set(text, done))
      }),
    )!
    const type = async (text: string, wait: number) => {
      words.value = text
      await nextTick()
      await vi.advanceTimersByTimeAsync(wait)
    }
    await type('d', 50)
    await type('dy', 50)
    await type('dyj', 200)
    expect(asked).toEqual(['dyj'])
    await type('dyjk', 200)
    answers.get('dyjk')!(['new'])
    answers.get('dyj')!(['old'])
    await vi.advanceTimersByTimeAsync(1)
    expect(found.value).toEqual(['new'])
    await type('', 0)
    expect(found.value).toBeNull()
    scope.stop()
  })
})
