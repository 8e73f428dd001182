import { describe, expect, it } from 'vitest'
import type { OrderTask } from './order'
import { nextTaskStep, taskClock, tasksDone, waitsFor } from './tasks'

const task = (part: Partial<OrderTask>): OrderTask => ({ id: 'a', status: 'ready', teamId: 't', teamName: '电工班', note: '断电', addedAt: 1, ...part }) as OrderTask

describe('tasks', () => {
  it('show the clock that runs out next, and none while they wait or when they ended', () => {
    const running = { readyAt: 10, respondDue: 20, arriveDue: 30, finishDue: 40 }
    expect(taskClock(task(running))).toEqual({ clock: 'respond', dueAt: 20, startedAt: 10 })
    expect(taskClock(task({ ...running, acceptedAt: 12 }))?.clock).toBe('arrive')
    expect(taskClock(task({ ...running, acceptedAt: 12, arrivedAt: 15 }))?.clock).toBe('finish')
    expect(taskClock(task({ ...running, readyAt: undefined, status: 'waiting' }))).toBeNull()
    expect(taskClock(task({ ...running, status: 'done' }))).toBeNull()
  })
  it('are counted without those that are not wanted any more', () => {
    expect(tasksDone([task({ status: 'done' }), task({ status: 'cancelled' }), task({})])).toEqual({ done: 1, of: 2 })
  })
  it('name the teams they wait for once each, without those that are through', () => {
    const tasks = [task({ id: 'a', status: 'done' }), task({ id: 'b', teamName: '水工班' }), task({ id: 'c', teamName: '水工班' })]
    expect(waitsFor({ tasks }, task({ id: 'd', after: ['a', 'b', 'c'] }))).toEqual(['水工班'])
  })
  it('begin with what must be answered', () => {
    expect(nextTaskStep(['task_refuse', 'task_accept', 'task_done'])).toBe('task_accept')
    expect(nextTaskStep(['task_done', 'task_arrive'])).toBe('task_arrive')
    expect(nextTaskStep(['task_assign'])).toBeUndefined()
  })
})
