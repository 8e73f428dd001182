import { computed, watch } from 'vue'
import { t } from '@/i18n/i18n'
import { send } from '@/api/call'
import { asProblem, type Problem } from '@/api/problem'
import { problemDetails } from '@/api/wording'
import { newKey } from '@/device/key'
import { catalogItem } from '@/catalog/catalog'
import { myTasks, myWork, orderDetail, orderPath, taskPath, teamTasks, type OrderDetail, type OrderView } from '@/orders/api'
import { foresee } from '@/orders/foresee'
import type { OrderTask } from '@/orders/order'
import { nextClock } from '@/orders/progress'
import { taskClock, taskOpen } from '@/orders/tasks'
import { useCopy } from '@/offline/copy'
import { copies } from '@/offline/store'
import { useLive } from '@/live/live'
import { me } from '@/session/session'
import { moves, sheetOf } from '@/transport/transport'
import { complain, say } from '@/ui/toast'
import { doNowOrLater, outbox, type FileSlot } from '@/offline/outbox'

/** Which comes first: what must be answered, what is under way, what is held; within it the nearest deadline. */
const groups: Record<string, number> = { assigned: 0, working: 1, accepted: 1, held: 2 }

/** Sorts a worklist by what to do next. */
export function byUrgency(a: OrderView, b: OrderView): number {
  const group = (groups[a.status] ?? 3) - (groups[b.status] ?? 3)
  if (group !== 0) return group
  return (nextClock(a)?.dueAt ?? Infinity) - (nextClock(b)?.dueAt ?? Infinity) || a.reportedAt - b.reportedAt
}

/** Calls back when something that waited here was sent or refused: what the server says has changed. */
export function useSent(then: () => void): void {
  watch(outbox, (now, before) => {
    if (now.waiting.length < before.waiting.length) then()
  })
}

/** My open orders, with what waits here already counted in; kept fresh by the live stream. */
export function useMyWork() {
  const copy = useCopy(
    () => `work:${me.value?.id ?? ''}`,
    async () => {
      const fresh = await myWork()
      void keepDetails(fresh)
      return fresh
    },
  )
  useLive('order', () => void copy.reload())
  useSent(() => void copy.reload())
  const orders = computed(() =>
    copy.data.value
      ?.map((order) => foresee(order, outbox.value.waiting))
      .filter((order) => order.open && order.status !== 'queued')
      .sort(byUrgency),
  )
  return { ...copy, orders }
}

/** A task with the order it is a part of. */
export interface TaskOf {
  order: OrderView
  task: OrderTask
}

const byTaskClock = (a: TaskOf, b: TaskOf) => (taskClock(a.task)?.dueAt ?? Infinity) - (taskClock(b.task)?.dueAt ?? Infinity) || a.task.addedAt - b.task.addedAt

/** My tasks within orders of others, and those of my team that nobody has; what waits here is counted in. */
export function useMyTasks() {
  const copy = useCopy(
    () => `tasks:${me.value?.id ?? ''}`,
    async () => {
      const [mine, team] = await Promise.all([myTasks(), teamTasks()])
      void keepDetails(mine)
      return { mine, team }
    },
  )
  useLive('order', () => void copy.reload())
  useSent(() => void copy.reload())
  const flat = (orders: readonly OrderView[] | undefined, wanted: (task: OrderTask) => boolean): TaskOf[] =>
    (orders ?? [])
      .map((order) => foresee(order, outbox.value.waiting))
      .flatMap((order) => (order.tasks ?? []).filter((task) => taskOpen(task) && wanted(task)).map((task) => ({ order, task })))
      .sort(byTaskClock)
  const mine = computed(() => flat(copy.data.value?.mine, (task) => task.assigneeId === me.value?.id))
  const team = computed(() => flat(copy.data.value?.team, (task) => task.status === 'ready' && (me.value?.teams ?? []).some((one) => one.teamId === task.teamId)))
  return { ...copy, mine, team }
}

/** Gives a command on a task; taking one is a race and never kept for later. */
export async function taskCommand(order: OrderView, task: OrderTask, kind: string, body: Record<string, unknown> = {}, files: FileSlot[] = []): Promise<Problem | null> {
  if (kind !== 'task_grab') return command(order, kind, body, files, taskPath(order.id, task.id, kind))
  try {
    await send('POST', taskPath(order.id, task.id, kind), {}, { key: newKey() })
    say(t('done.task_grab'))
    return null
  } catch (thrown) {
    complain(asProblem(thrown).offline ? t('pool.noSignal') : problemDetails(thrown))
    return asProblem(thrown)
  }
}

/** Fetches what the list does not tell, so that every order of one's own can be opened without signal. */
async function keepDetails(orders: readonly OrderView[]): Promise<void> {
  for (const { id, version, itemId, itemVersion, itemCode } of orders.slice(0, 30)) {
    try {
      const kept = await copies.get<OrderDetail>(`order:${id}`)
      if (kept?.value.order.version !== version) await copies.put(`order:${id}`, await orderDetail(id))
      if (moves(itemCode)) await copies.put(`transport:${id}`, await sheetOf(id))
      const itemKey = `item:${itemId}:${itemVersion}`
      if (!(await copies.get(itemKey))) await copies.put(itemKey, await catalogItem(itemId, itemVersion))
    } catch {
      // No signal, or no room on this phone: the next refresh tries again.
      return
    }
  }
}

/** Whether something done to the order has not reached the server yet. */
export function isUnsent(id: string): boolean {
  return outbox.value.waiting.some((action) => action.subject === id)
}

/** Gives a command and tells how it went; answers the refusal, or null when it was taken (or will be sent). */
export async function command(
  order: OrderView,
  kind: string,
  body: Record<string, unknown> = {},
  files: FileSlot[] = [],
  path = orderPath(order.id, kind),
): Promise<Problem | null> {
  try {
    const result = await doNowOrLater({
      path,
      body,
      files,
      subject: order.id,
      label: kind,
      labelValues: { number: order.number },
    })
    say(result === 'waiting' ? t('outbox.kept', { what: t(`done.${kind}`) }) : t(`done.${kind}`))
    return null
  } catch (thrown) {
    complain(problemDetails(thrown))
    return asProblem(thrown)
  }
}

/** Grabs an order; it is a race against others, so it is never kept for later: it wins now or not at all. */
export async function grab(order: OrderView): Promise<boolean> {
  try {
    await send('POST', orderPath(order.id, 'grab'), {}, { key: newKey() })
    say(t('done.grab'))
    return true
  } catch (thrown) {
    complain(asProblem(thrown).offline ? t('pool.noSignal') : problemDetails(thrown))
    return false
  }
}
