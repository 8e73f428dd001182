import { expect, test } from 'vitest'
import { readHours, writeHours } from './hours'

test('hours are read as they are written', () => {
  for (const text of ['08:00-16:00', '07:30-12:00 14:00-17:30', '17:30-07:30', '00:00-24:00']) expect(writeHours(readHours(text)!)).toBe(text)
  expect(readHours('22:00-06:00')).toEqual([{ from: 1320, to: 1800 }])
  expect(readHours('8:00–12:00,14:00至17:30')).toHaveLength(2)
})

test('what is no time is refused', () => {
  for (const text of ['', '8-12', '25:00-26:00', '08:60-09:00', '08:00-24:30', '24:00-08:00']) expect(readHours(text)).toBeUndefined()
})
