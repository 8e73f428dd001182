import { beforeEach, describe, expect, it } from 'vitest'
import { fetchLater, locale, pick, setLocale, startI18n, t, type MessageSource } from './i18n'
import { fill, merge } from './messages'

const source: MessageSource = {
  zh: [{ a: { x: 'zh-x {n}' } }, { a: { y: 'zh-y' } }],
  en: async () => [{ default: { a: { x: 'en-x {n}', y: 'en-y' } } }],
}

beforeEach(() => localStorage.clear())

describe('the two languages', () => {
  it('are switched without a reload and remembered', async () => {
    localStorage.setItem('wardline.locale', 'zh-CN')
    await startI18n(source)
    expect(t('a.x', { n: 3 })).toBe('zh-x 3')
    await setLocale('en')
    expect(t('a.y')).toBe('en-y')
    expect(document.documentElement.lang).toBe('en')
    await startI18n(source)
    expect(locale()).toBe('en')
  })
  it('stay Chinese when the English texts cannot be fetched', async () => {
    localStorage.setItem('wardline.locale', 'en')
    await startI18n({ zh: source.zh, en: () => Promise.reject(new TypeError('offline')) })
    expect(locale()).toBe('zh-CN')
  })
  it('hold the texts that are fetched after the first page too, also after switching', async () => {
    localStorage.setItem('wardline.locale', 'zh-CN')
    await startI18n(source)
    const later = { 'zh-CN': async () => ({ default: { b: 'zh-b' } }), en: async () => ({ default: { b: 'en-b' } }) }
    await Promise.all([fetchLater(later), fetchLater(later)])
    expect([t('a.y'), t('b')]).toEqual(['zh-y', 'zh-b'])
    await setLocale('en')
    expect([t('a.y'), t('b')]).toEqual(['en-y', 'en-b'])
    await setLocale('zh-CN')
    expect(t('b')).toBe('zh-b')
  })
  it('fall back to the wording that exists', async () => {
    localStorage.setItem('wardline.locale', 'en')
    await startI18n(source)
    expect(pick('only zh', '')).toBe('only zh')
    expect(pick('zh', 'en')).toBe('en')
  })
})

describe('texts', () => {
  it('keep places without a value, and never run what a value holds', () => {
    expect(fill('{a} {b}', { a: '{b}$&' })).toBe('{b}$& {b}')
  })
  it('merge by key', () => {
    expect(merge({ a: { x: '1', y: '2' } }, { a: { y: '3' }, b: '4' })).toEqual({ a: { x: '1', y: '3' }, b: '4' })
  })
})
