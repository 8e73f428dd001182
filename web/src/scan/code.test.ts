import { describe, expect, it } from 'vitest'
import { readCode } from './code'

describe('readCode', () => {
  it.each([
    ['https://ward.example/m/s/A1b2-C3', { kind: 'code', code: 'A1b2-C3' }],
    ['http://10.0.0.8:8080/p/K7~x?from=label', { kind: 'code', code: 'K7~x' }],
    ['https://ward.example/m/t/tok_1', { kind: 'token', token: 'tok_1' }],
    ['  ZC-000123  ', { kind: 'code', code: 'ZC-000123' }],
  ])('%s', (text, want) => expect(readCode(text)).toEqual(want))

  it.each(['https://ward.example/pay?x=1', 'two words', '', 'ab', 'https://ward.example/m/s/%3Cb%3E', 'x'.repeat(201)])('does not take %j for a code', (text) =>
    expect(readCode(text).kind).toBe('unknown'),
  )
})
