import { beforeEach, describe, expect, it } from 'vitest'
import { nextTick } from 'vue'
import { useDraft } from './draft'

beforeEach(() => localStorage.clear())

describe('useDraft', () => {
  it('survives a reload, deep changes too', async () => {
    const { draft } = useDraft('a', { text: '', parts: [] as { name: string }[] })
    draft.text = 'half'
    draft.parts.push({ name: 'fuse' })
    await nextTick()
    draft.parts[0]!.name = 'fuse 5 A'
    await nextTick()
    expect(useDraft('a', { text: '', parts: [] }).draft).toEqual({ text: 'half', parts: [{ name: 'fuse 5 A' }] })
  })
  it('is gone once sent, even if the form still changes', async () => {
    const { draft, clear } = useDraft('a', { text: '' })
    draft.text = 'x'
    await nextTick()
    clear()
    draft.text = 'y'
    await nextTick()
    expect(useDraft('a', { text: '' }).draft.text).toBe('')
  })
  it('starts anew when what was kept cannot be read', () => {
    localStorage.setItem('wardline.draft.a', '{broken')
    expect(useDraft('a', { text: 'z' }).draft.text).toBe('z')
  })
})
