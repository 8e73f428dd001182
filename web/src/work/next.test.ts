import { describe, expect, it } from 'vitest'
import { nextOf } from './next'

type Given = Parameters<typeof nextOf>[0]
const next = (status: string, mode: string, ...actions: string[]) => nextOf({ status, mode, actions, itemCode: 'HW02' } as Given)

describe('nextOf', () => {
  it.each([
    ['pooled', 'onsite', ['grab', 'note'], 'grab'],
    ['assigned', 'onsite', ['accept', 'refuse', 'remote_solve'], 'accept'],
    ['accepted', 'onsite', ['arrive', 'finish', 'hold', 'remote_solve'], 'arrive'],
    ['accepted', 'remote', ['arrive', 'finish', 'remote_solve', 'convert'], 'remote_solve'],
    ['working', 'onsite', ['finish', 'hold'], 'finish'],
    ['working', 'remote', ['finish', 'remote_solve'], 'finish'],
    ['held', 'onsite', ['resume'], 'resume'],
    ['finished', 'onsite', ['note'], null],
    ['working', 'onsite', ['note'], null],
  ])('%s %s', (status, mode, actions, main) => expect(next(status, mode, ...actions).main).toBe(main))

  it('carries what is to be moved, from the pick-up to the delivery', () => {
    const carry = (status: string, ...actions: string[]) => nextOf({ status, mode: 'onsite', actions, itemCode: 'TS03' } as Given)
    expect([carry('accepted', 'arrive', 'hold').main, carry('working', 'finish', 'hold').main, carry('assigned', 'accept').main, carry('working', 'note').main]).toEqual(['carry', 'carry', 'accept', null])
    expect(carry('accepted', 'arrive', 'hold').more).toEqual(['hold', 'arrive'])
  })
  it('never offers a finish before the arrival', () => {
    expect(next('accepted', 'onsite', 'arrive', 'finish', 'hold').more).toEqual(['hold'])
  })
  it('lets remote work still become a visit', () => {
    expect(next('accepted', 'remote', 'arrive', 'remote_solve', 'convert').more).toEqual(['convert', 'arrive'])
  })
  it('does not call work remote that is under way on site', () => {
    expect(next('working', 'onsite', 'finish', 'remote_solve', 'hold').more).toEqual(['hold'])
  })
})
