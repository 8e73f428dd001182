import type { TrackedOrder } from './order'

/** The steps everybody understands, in the order of the loop. */
export type Step = 'report' | 'dispatch' | 'accept' | 'arrive' | 'finish' | 'confirm'

export interface StepState {
  step: Step
  /** When it was reached, Unix milliseconds; absent while it is not. */
  at?: number
  state: 'done' | 'now' | 'ahead'
}

/**
 * How far an order is, as a line of steps. What is solved remotely has no arrival; what is cancelled or merged
 * has no steps ahead.
 */
export function progress(order: TrackedOrder): StepState[] {
  const reached: [Step, number | undefined][] = [
    ['report', order.reportedAt],
    ['dispatch', order.dispatchedAt ?? order.acceptedAt],
    ['accept', order.acceptedAt],
    ['arrive', order.arrivedAt],
    ['finish', order.finishedAt],
    ['confirm', order.confirmedAt ?? order.closedAt],
  ]
  const steps = reached.filter(([step, at]) => step !== 'arrive' || at !== undefined || (order.mode !== 'remote' && order.finishedAt === undefined))
  const over = order.status === 'cancelled' || order.status === 'merged'
  let nowTaken = over
  const line: StepState[] = []
  for (const [step, at] of steps) {
    if (at !== undefined) line.push({ step, at, state: 'done' })
    else if (!over) {
      line.push({ step, state: nowTaken ? 'ahead' : 'now' })
      nowTaken = true
    }
  }
  return line
}

export type ClockName = 'respond' | 'arrive' | 'finish'

/** The clock that runs out next, or null when none runs. A held order's clock stands still. */
export function nextClock(order: TrackedOrder): { clock: ClockName; dueAt: number; startedAt: number; paused: boolean } | null {
  if (!order.open) return null
  const clocks: [ClockName, number | undefined, number | undefined][] = [
    ['respond', order.respondDue, order.acceptedAt],
    ['arrive', order.mode === 'remote' || order.incidentRole === 'member' ? undefined : order.arriveDue, order.arrivedAt],
    ['finish', order.finishDue, order.finishedAt],
  ]
  for (const [clock, dueAt, met] of clocks) {
    if (dueAt && !met) return { clock, dueAt, startedAt: order.clockStart, paused: order.status === 'held' }
  }
  return null
}

/** Urges may follow each other after this long. */
export const urgePauseMs = 10 * 60_000

/** How long a reporter must still wait before urging again, in milliseconds; 0 when it may be done now. */
export function urgeWait(events: readonly { kind: string; at: number }[], now: number): number {
  const last = events.filter((event) => event.kind === 'urge').reduce((latest, event) => Math.max(latest, event.at), 0)
  return last === 0 ? 0 : Math.max(0, last + urgePauseMs - now)
}
