import { describe, expect, it } from 'vitest'
import { answersToSend, faults, visibleFields, type FormField } from './fields'

const fields: FormField[] = [
  { key: 'kind', kind: 'choice', label: 'Kind', required: true, options: [{ value: 'paper', label: 'Paper' }, { value: 'light', label: 'Light' }] },
  { key: 'colour', kind: 'text', label: 'Colour of the light', required: true, showIf: { field: 'kind', equals: 'light' } },
  { key: 'blink', kind: 'text', label: 'Blinks', showIf: { field: 'colour', equals: 'red' } },
  { key: 'parts', kind: 'many', label: 'Parts', options: [{ value: 'a', label: 'A' }, { value: 'b', label: 'B' }] },
  { key: 'partB', kind: 'number', label: 'How many B', min: 1, max: 5, showIf: { field: 'parts', equals: 'b' } },
]
const keys = (list: FormField[]) => list.map((field) => field.key)

describe('visibleFields', () => {
  it('hides a field whose condition fails, and those that hang on it', () => {
    expect(keys(visibleFields(fields, { kind: 'paper', colour: 'red' }))).toEqual(['kind', 'parts'])
    expect(keys(visibleFields(fields, { kind: 'light', colour: 'red' }))).toEqual(['kind', 'colour', 'blink', 'parts'])
  })
  it('meets a condition on a many-choice when the answer is among the chosen', () => {
    expect(keys(visibleFields(fields, { parts: ['a', 'b'] }))).toContain('partB')
    expect(keys(visibleFields(fields, { parts: ['a'] }))).not.toContain('partB')
  })
  it('hides fields that wait for each other or for a field that does not exist', () => {
    const loop: FormField[] = [
      { key: 'x', kind: 'text', label: 'X', showIf: { field: 'y', equals: '1' } },
      { key: 'y', kind: 'text', label: 'Y', showIf: { field: 'x', equals: '1' } },
      { key: 'z', kind: 'text', label: 'Z', showIf: { field: 'gone', equals: '1' } },
    ]
    expect(visibleFields(loop, { x: '1', y: '1', gone: '1' })).toEqual([])
  })
})

describe('faults', () => {
  it('wants required answers only where they are asked', () => {
    expect(faults(fields, {}, 'intake')).toEqual({ kind: 'required' })
    expect(faults(fields, { kind: 'light', colour: '' }, 'intake')).toEqual({ colour: 'required' })
    expect(faults(fields, { kind: 'paper' }, 'intake')).toEqual({})
  })
  it('wants of each stage only its own', () => {
    const own: FormField[] = [
      { key: 'a', kind: 'text', label: 'A', required: true },
      { key: 'b', kind: 'text', label: 'B', reporterRequired: true },
      { key: 'c', kind: 'text', label: 'C', finishRequired: true },
    ]
    expect(Object.keys(faults(own, {}, 'report'))).toEqual(['b'])
    expect(Object.keys(faults(own, {}, 'intake'))).toEqual(['a'])
    expect(Object.keys(faults(own, { c: '  ' }, 'finish'))).toEqual(['c'])
  })
  it('checks numbers and their limits', () => {
    const with_ = (partB: unknown) => faults(fields, { kind: 'paper', parts: ['b'], partB }, 'intake')
    expect(with_('x')).toEqual({ partB: 'notNumber' })
    expect(with_('0')).toEqual({ partB: 'tooSmall' })
    expect(with_('6')).toEqual({ partB: 'tooLarge' })
    expect(with_('5')).toEqual({})
  })
  it('counts the characters of a text and the photos', () => {
    const own: FormField[] = [
      { key: 'bed', kind: 'text', label: 'Bed', min: 4, max: 4 },
      { key: 'photo', kind: 'photo', label: 'Photo', max: 2 },
    ]
    expect(faults(own, { bed: '123' }, 'intake')).toEqual({ bed: 'tooShort' })
    // One character outside the basic plane is one character.
    expect(faults(own, { bed: '123\u{20bb7}' }, 'intake')).toEqual({})
    expect(faults(own, { bed: '12345', photo: [1, 2, 3] }, 'intake')).toEqual({ bed: 'tooLong', photo: 'tooMany' })
  })
  it('refuses a choice that is not offered (a draft from an older form)', () => {
    expect(faults(fields, { kind: 'steam' }, 'intake')).toEqual({ kind: 'notOffered' })
    expect(faults(fields, { kind: 'paper', parts: ['a', 'c'] }, 'intake')).toEqual({ parts: 'notOffered' })
  })
})

describe('answersToSend', () => {
  it('leaves out hidden and empty answers and sends numbers as numbers', () => {
    expect(answersToSend(fields, { kind: 'paper', colour: 'red', parts: ['b'], partB: '3', blink: '' })).toEqual({
      kind: 'paper',
      parts: ['b'],
      partB: 3,
    })
  })
})
