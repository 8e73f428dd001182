import { describe, expect, it } from 'vitest'
import { blankContent, freshKey, linesOf, tidy } from './content'

describe('tidy', () => {
  it('leaves out what is empty but keeps both names and what is false', () => {
    const sent = tidy({ ...blankContent('c1'), aliases: [], scriptZh: '', form: [] })
    expect(sent).not.toHaveProperty('aliases')
    expect(sent).not.toHaveProperty('scriptZh')
    expect(sent).not.toHaveProperty('form')
    expect(sent).toMatchObject({ nameZh: '', nameEn: '', autoPool: false })
  })
  it('cleans each question', () => {
    const sent = tidy({ ...blankContent('c1'), form: [{ key: 'q1', kind: 'number', label: 'n', help: '', required: false, options: [], min: 0 }] })
    expect(sent.form).toEqual([{ key: 'q1', kind: 'number', label: 'n', min: 0 }])
  })
})

it('finds a key that is free', () => {
  expect(freshKey('q', [])).toBe('q1')
  expect(freshKey('q', ['q2', 'x'])).toBe('q3')
})

it('reads lines', () => {
  expect(linesOf(' a \n\n b')).toEqual(['a', 'b'])
})
