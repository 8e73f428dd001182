import { describe, expect, it } from 'vitest'
import { nextOf } from './next'

type Given = Parameters<typeof nextOf>[0]
const next = (status: string, mode: string, ...actions: string[]) => nextOf({ status, mode, actions } as Given)

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
