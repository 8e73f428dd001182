import 'fake-indexeddb/auto'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { effectScope, nextTick, ref, type EffectScope } from 'vue'
import { Problem } from '@/api/problem'
import { useCopy } from './copy'
import { copies } from './store'

let scope: EffectScope
afterEach(() => scope.stop())

function copyOf<T>(key: () => string, fetch: () => Promise<T>) {
  scope = effectScope()
  return scope.run(() => useCopy(key, fetch))!
}

describe('useCopy', () => {
  it('shows the last copy without signal, and says so', async () => {
    await copies.put('list-1', ['kept'])
    const { data, savedAt, problem } = copyOf(() => 'list-1', () => Promise.reject(new Problem(0, 'offline', '')))
    await vi.waitFor(() => expect(data.value).toEqual(['kept']))
    expect(savedAt.value).toBeGreaterThan(0)
    expect(problem.value?.offline).toBe(true)
  })
  it('replaces the copy by what the server says and keeps that', async () => {
    await copies.put('list-2', ['old'])
    const { data, savedAt } = copyOf(() => 'list-2', async () => ['new'])
    await vi.waitFor(() => expect(data.value).toEqual(['new']))
    expect(savedAt.value).toBeUndefined()
    await vi.waitFor(async () => expect((await copies.get('list-2'))?.value).toEqual(['new']))
  })
  it('never shows the answer for another key', async () => {
    const key = ref('a')
    const answers: Record<string, (value: string) => void> = {}
    const { data } = copyOf(
      () => key.value,
      () => new Promise<string>((done) => (answers[key.value] = done)),
    )
    key.value = 'b'
    await nextTick()
    answers.b!('for b')
    await vi.waitFor(() => expect(data.value).toBe('for b'))
    answers.a!('for a')
    await nextTick()
    expect(data.value).toBe('for b')
  })
  it('is gone after somebody signs out', async () => {
    await copies.put('list-3', ['secret'])
    await copies.clear()
    const { data } = copyOf(() => 'list-3', () => Promise.reject(new Problem(0, 'offline', '')))
    await new Promise((done) => setTimeout(done, 20))
    expect(data.value).toBeUndefined()
  })
})
