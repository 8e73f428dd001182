import { describe, expect, it } from 'vitest'
import { orderOfLink, type LinkView } from './link'
import { progress } from './progress'

const view = (status: string, steps: [string, number][], more: Partial<LinkView> = {}): LinkView =>
  ({ token: 't', number: 'n', status, reportedAt: 1, urges: 0, actions: [], steps: steps.map(([kind, at]) => ({ kind, at })), ...more }) as unknown as LinkView
const line = (v: LinkView) => progress(orderOfLink(v)).map((one) => `${one.step}:${one.state}`)

describe('orderOfLink', () => {
  it('tells how far the order is', () => {
    expect(line(view('accepted', [['report', 1], ['pool', 2], ['grab', 3]]))).toEqual([
      'report:done',
      'dispatch:done',
      'accept:done',
      'arrive:now',
      'finish:ahead',
      'confirm:ahead',
    ])
  })
  it('keeps the first acceptance and arrival', () => {
    const order = orderOfLink(view('working', [['accept', 3], ['arrive', 4], ['hold', 5], ['resume', 6], ['arrive', 7]]))
    expect(order).toMatchObject({ acceptedAt: 3, arrivedAt: 4 })
  })
  it('begins again when it was not solved', () => {
    const order = orderOfLink(view('assigned', [['accept', 3], ['arrive', 4], ['finish', 5], ['not_solved', 6]]))
    expect(order.acceptedAt).toBeUndefined()
    expect(order.clockStart).toBe(6)
    expect(line(view('assigned', [['dispatch', 2], ['accept', 3], ['not_solved', 6]]))).toContain('accept:now')
  })
  it('shows no arrival for what was solved remotely', () => {
    expect(line(view('finished', [['dispatch', 2], ['remote_solve', 3]], { finishedAt: 3 }))).toEqual([
      'report:done',
      'dispatch:done',
      'accept:done',
      'finish:done',
      'confirm:now',
    ])
  })
})
