import { describe, expect, it } from 'vitest'
import { asProblem, Problem, toProblem } from './problem'

describe('toProblem', () => {
  it('reads problem+json with its fields', () => {
    const problem = toProblem(422, {
      title: 'Please check the fields',
      code: 'invalid',
      errors: [
        { field: 'phone', code: 'required', message: 'Please fill in' },
        { field: 'phone', code: 'too_short', message: 'Too short' },
        { field: 'form.bed', code: 'too_long', message: 'Too long' },
      ],
    })
    expect(problem.code).toBe('invalid')
    expect(problem.message).toBe('Please check the fields')
    expect(problem.byField()).toEqual({ phone: 'Please fill in', 'form.bed': 'Too long' })
    expect(problem.passing).toBe(false)
  })
  it.each([null, '<html>', 7, { errors: 'no list' }, { errors: [null, 3] }])('survives an answer that is no problem: %j', (body) => {
    const problem = toProblem(502, body)
    expect(problem.code).toBe('http502')
    expect(problem.fields).toEqual([])
    expect(problem.passing).toBe(true)
  })
})

describe('asProblem', () => {
  it('takes a failed fetch for a lost line', () => {
    expect(asProblem(new TypeError('Failed to fetch')).offline).toBe(true)
  })
  it('keeps a Problem and never shows the text of a bug', () => {
    const problem = new Problem(409, 'order.taken', 'Taken')
    expect(asProblem(problem)).toBe(problem)
    const bug = asProblem(new Error('x is undefined'))
    expect(bug.message).toBe('')
    expect(bug.offline).toBe(false)
    expect(bug.passing).toBe(false)
  })
})
