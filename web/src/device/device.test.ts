import { describe, expect, it } from 'vitest'
import { newKey } from './key'
import { fitWithin } from './photo'
import { soundType } from './recording'

describe('fitWithin', () => {
  it('shrinks to the longest side and never enlarges', () => {
    expect(fitWithin(4000, 3000)).toEqual({ width: 1600, height: 1200 })
    expect(fitWithin(3000, 4000)).toEqual({ width: 1200, height: 1600 })
    expect(fitWithin(800, 600)).toEqual({ width: 800, height: 600 })
  })
})

describe('soundType', () => {
  it('wants MP4 first, and leaves an unknown browser its choice', () => {
    expect(soundType(() => true)).toMatch(/^audio\/mp4/)
    expect(soundType((type) => type === 'audio/webm')).toBe('audio/webm')
    expect(soundType(() => false)).toBe('')
  })
})

describe('newKey', () => {
  it('is a version 4 UUID and never the same', () => {
    const keys = new Set(Array.from({ length: 1000 }, newKey))
    expect(keys.size).toBe(1000)
    for (const key of keys) expect(key).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  })
})
