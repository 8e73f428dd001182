import type { QueuedAction } from '@/offline/queue'
import type { Order, OrderTask } from './order'

type Change = (order: Order, action: QueuedAction) => Partial<Order>

/** What a command will have done to an order; only what the phone shows. */
const changes: Record<string, Change> = {
  accept: (order, { occurredAt }) => ({ status: 'accepted', acceptedAt: order.acceptedAt ?? occurredAt }),
  refuse: () => ({ status: 'queued', assigneeId: undefined, assigneeName: undefined }),
  arrive: (order, { occurredAt }) => ({ status: 'working', arrivedAt: order.arrivedAt ?? occurredAt }),
  pick_up: (order, { occurredAt }) => ({ status: 'working', arrivedAt: order.arrivedAt ?? occurredAt }),
  deliver: (order, { body, occurredAt }) => (body.finish ? { status: 'finished', open: false, finishedAt: occurredAt } : { status: order.status }),
  hold: (_, { body }) => ({ status: 'held', holdReason: body.reason as string, holdUntil: body.until as number | undefined }),
  resume: (order) => ({ status: order.arrivedAt ? 'working' : 'accepted', holdReason: undefined, holdUntil: undefined }),
  convert: () => ({ mode: 'onsite' }),
  guide: (_, { body, occurredAt }) => (body.outcome === 'solved' ? { status: 'finished', open: false, finishedAt: occurredAt } : { mode: 'onsite', onsiteOnly: true }),
  transfer: () => ({ status: 'queued', assigneeId: undefined, assigneeName: undefined }),
  finish: (_, { body, occurredAt }) => ({ status: 'finished', open: false, finishedAt: occurredAt, remedy: body.remedy as string }),
  remote_solve: (_, { body, occurredAt }) => ({ status: 'finished', open: false, finishedAt: occurredAt, remedy: body.remedy as string }),
}

/** Commands that may follow in a state reached without signal, for whoever has the order. */
const follow: Record<string, string[]> = {
  accepted: ['arrive', 'hold', 'transfer', 'task_add', 'remote_solve', 'note'],
  working: ['finish', 'hold', 'transfer', 'task_add', 'note'],
  held: ['resume', 'note'],
}

type TaskChange = (task: OrderTask, action: QueuedAction) => Partial<OrderTask>

/** What a command on a task will have done to it. */
const taskChanges: Record<string, TaskChange> = {
  task_accept: (task, { occurredAt }) => ({ status: 'accepted', acceptedAt: task.acceptedAt ?? occurredAt }),
  task_refuse: () => ({ status: 'ready', assigneeId: undefined, assigneeName: undefined }),
  task_arrive: (task, { occurredAt }) => ({ status: 'working', arrivedAt: task.arrivedAt ?? occurredAt }),
  task_done: (_, { body, occurredAt }) => ({ status: 'done', doneAt: occurredAt, remedy: body.remedy as string }),
}

/** Commands that may follow on a task in a state reached without signal. */
const taskFollow: Record<string, string[]> = {
  accepted: ['task_arrive', 'task_done', 'task_refuse'],
  working: ['task_done'],
}

function foreseeTask<T extends Order & { taskActions?: Record<string, string[]> }>(order: T, action: QueuedAction): T {
  const change = taskChanges[action.label]
  const id = action.path.split('/').at(-2)
  if (!change || !order.tasks?.some((task) => task.id === id)) return order
  const tasks = order.tasks.map((task) => (task.id === id ? { ...task, ...change(task, action) } : task))
  const status = tasks.find((task) => task.id === id)!.status
  return { ...order, tasks, taskActions: { ...order.taskActions, [id!]: taskFollow[status] ?? [] } }
}

/**
 * The order as it will be once what waits here is sent, with the commands that may be given then. The server
 * has the last word; this only lets a day's work go on without signal.
 */
export function foresee<T extends Order & { actions: string[]; taskActions?: Record<string, string[]> }>(order: T, waiting: readonly QueuedAction[]): T {
  let seen = order
  for (const action of waiting) {
    if (action.subject !== order.id) continue
    if (action.label in taskChanges) {
      seen = foreseeTask(seen, action)
      continue
    }
    const change = changes[action.label]
    if (!change) continue
    seen = { ...seen, ...change(seen, action) }
    seen.actions = (follow[seen.status] ?? []).filter((kind) => kind !== 'remote_solve' || seen.mode === 'remote')
    if (seen.mode === 'remote' && seen.status === 'accepted') seen.actions = seen.actions.filter((kind) => kind !== 'arrive').concat('convert')
  }
  return seen
}
