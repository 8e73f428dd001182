import { pick } from '@/i18n/i18n'
import type { Tone } from '@/ui/status'
import type { Order, OrderTask } from './order'
import type { ClockName } from './progress'

/** The states of a task, as the API names them, with how each looks. */
export const taskTones: Record<string, Tone> = {
  waiting: 'grey',
  ready: 'purple',
  assigned: 'amber',
  accepted: 'teal',
  working: 'blue',
  done: 'green',
  cancelled: 'grey',
}

/** Whether something is left to be done. */
export const taskOpen = (task: OrderTask): boolean => task.status !== 'done' && task.status !== 'cancelled'

/** What the team is to do, in the reader's language where the template says it. */
export const taskNote = (task: OrderTask): string => (task.noteEn ? pick(task.note, task.noteEn) : task.note)

/** The clock of a task that runs out next, or null when none runs. */
export function taskClock(task: OrderTask): { clock: ClockName; dueAt: number; startedAt: number } | null {
  if (!taskOpen(task) || !task.readyAt) return null
  const clocks: [ClockName, number | undefined, number | undefined][] = [
    ['respond', task.respondDue, task.acceptedAt],
    ['arrive', task.arriveDue, task.arrivedAt],
    ['finish', task.finishDue, undefined],
  ]
  for (const [clock, dueAt, met] of clocks) if (dueAt && !met) return { clock, dueAt, startedAt: task.readyAt }
  return null
}

/** How many of an order's tasks are done, of those that are wanted. */
export function tasksDone(tasks: readonly OrderTask[] | undefined): { done: number; of: number } {
  const wanted = (tasks ?? []).filter((task) => task.status !== 'cancelled')
  return { done: wanted.filter((task) => task.status === 'done').length, of: wanted.length }
}

/** The tasks that one has to wait for, as the teams that have them. */
export function waitsFor(order: Pick<Order, 'tasks'>, task: OrderTask): string[] {
  const open = (order.tasks ?? []).filter((one) => task.after?.includes(one.id) && taskOpen(one))
  return [...new Set(open.map((one) => one.teamName))]
}

/** The step that comes next for whoever may take it; the rest is for the sheet behind "more". */
export function nextTaskStep(actions: readonly string[] | undefined): string | undefined {
  return ['task_accept', 'task_grab', 'task_arrive', 'task_check', 'task_done'].find((kind) => actions?.includes(kind))
}
