import type { OrderView } from '@/orders/api'
import { moves } from '@/transport/transport'

/** What an engineer does next with an order, and what else may be done. */
export interface Next {
  /** The step that moves the order on; null when it is not this person's turn. */
  main: 'grab' | 'accept' | 'arrive' | 'finish' | 'remote_solve' | 'resume' | 'carry' | null
  /** The rest, for the sheet behind "more". */
  more: string[]
}

const others = ['guide', 'hold', 'transfer', 'task_add', 'remote_solve', 'convert', 'arrive', 'refuse', 'note']

/**
 * Picks the one step that comes next out of what the server allows: work on site begins with the arrival, work
 * from afar ends without one.
 */
export function nextOf({ actions, status, mode, itemCode }: Pick<OrderView, 'actions' | 'status' | 'mode' | 'itemCode'>): Next {
  const can = (kind: string) => actions.includes(kind)
  const main = (['grab', 'accept', 'resume'] as const).find(can) ?? (moves(itemCode) && (can('arrive') || can('finish')) ? 'carry' : work(status, mode, can))
  const remote = mode === 'remote' || status !== 'working'
  return { main, more: others.filter((kind) => can(kind) && kind !== main && (kind !== 'remote_solve' || remote)) }
}

function work(status: string, mode: string, can: (kind: string) => boolean): Next['main'] {
  if (status === 'accepted' && mode === 'remote' && can('remote_solve')) return 'remote_solve'
  if (status === 'accepted' && can('arrive')) return 'arrive'
  return status === 'working' && can('finish') ? 'finish' : null
}
