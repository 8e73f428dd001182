import { describe, expect, it } from 'vitest'
import type { QueuedAction } from '@/offline/queue'
import { foresee } from './foresee'
import type { Order } from './order'

const order = { id: 'o1', status: 'assigned', open: true, mode: 'onsite', actions: ['accept', 'refuse'] } as unknown as Order & { actions: string[] }
const done = (label: string, occurredAt = 5, body = {}, subject = 'o1') => ({ label, occurredAt, body, subject }) as unknown as QueuedAction

describe('foresee', () => {
  it('lets a whole visit be done without signal', () => {
    const accepted = foresee(order, [done('accept')])
    expect(accepted).toMatchObject({ status: 'accepted', acceptedAt: 5 })
    expect(accepted.actions).toContain('arrive')
    expect(accepted.actions).not.toContain('finish')
    const working = foresee(order, [done('accept'), done('arrive', 6)])
    expect(working.actions).toContain('finish')
    const finished = foresee(order, [done('accept'), done('arrive', 6), done('finish', 7, { remedy: 'r' })])
    expect(finished).toMatchObject({ status: 'finished', open: false, remedy: 'r', actions: [] })
  })
  it('goes back to where it was held from', () => {
    expect(foresee(order, [done('accept'), done('hold'), done('resume')]).status).toBe('accepted')
    expect(foresee(order, [done('accept'), done('arrive'), done('hold'), done('resume')]).status).toBe('working')
  })
  it('needs no arrival for remote work until it becomes a visit', () => {
    const remote = { ...order, mode: 'remote' as const }
    expect(foresee(remote, [done('accept')]).actions).toEqual(expect.arrayContaining(['remote_solve', 'convert']))
    expect(foresee(remote, [done('accept')]).actions).not.toContain('arrive')
    expect(foresee(remote, [done('accept'), done('convert')]).actions).toContain('arrive')
  })
  it('leaves other orders and the copy itself alone', () => {
    expect(foresee(order, [done('accept', 5, {}, 'o2')])).toBe(order)
    foresee(order, [done('accept')])
    expect(order.status).toBe('assigned')
  })
  it('lets a task be done without signal', () => {
    const asked = { ...order, tasks: [{ id: 't1', status: 'assigned' }, { id: 't2', status: 'waiting' }], taskActions: { t1: ['task_accept', 'task_refuse'] } } as unknown as Order & { actions: string[]; taskActions: Record<string, string[]> }
    const task = (label: string, occurredAt: number, body = {}) => ({ ...done(label, occurredAt, body), path: `/api/v1/orders/o1/tasks/t1/${label.replace('task_', '')}` })
    const working = foresee(asked, [task('task_accept', 5), task('task_arrive', 6)])
    expect(working.tasks![0]).toMatchObject({ status: 'working', acceptedAt: 5, arrivedAt: 6 })
    expect(working.taskActions.t1).toEqual(['task_done'])
    expect(working.tasks![1]!.status).toBe('waiting')
    expect(foresee(asked, [task('task_accept', 5), task('task_done', 7, { remedy: 'r' })]).tasks![0]).toMatchObject({ status: 'done', doneAt: 7, remedy: 'r' })
    expect(asked.tasks![0]!.status).toBe('assigned')
  })
})
