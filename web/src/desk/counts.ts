import { reactive } from 'vue'
import { may } from '@/session/session'
import { unreadMessages } from './api/notify'
import { countOrders, tallyOrders } from './api/orders'

/** What waits for somebody, as the navigation and the tab title tell. */
export const counts = reactive({ waiting: 0, pooled: 0, overdue: 0, callBacks: 0, unread: 0 })

let running = false
let again = false

/** Counts anew; calls that come while one is under way become one more. */
export async function recount(): Promise<void> {
  if (running) {
    again = true
    return
  }
  running = true
  try {
    counts.unread = await unreadMessages()
    if (may('order.read')) {
      const tallies = await tallyOrders()
      const sum = (of: (tally: (typeof tallies)[number]) => number) => tallies.reduce((total, tally) => total + of(tally), 0)
      counts.waiting = sum((tally) => (tally.status === 'reported' || tally.status === 'queued' ? tally.count : 0))
      counts.pooled = sum((tally) => (tally.status === 'pooled' ? tally.count : 0))
      counts.overdue = sum((tally) => (tally.overdue ? tally.count : 0))
      if (may('order.callback')) counts.callBacks = await countOrders({ callBack: 'due' })
    }
  } catch {
    // The next change counts again; an old number is better than an alarm about a number.
  } finally {
    running = false
    if (again) {
      again = false
      setTimeout(() => void recount(), 1000)
    }
  }
}
