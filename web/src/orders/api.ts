import { send } from '@/api/call'
import { orderFiles, type OrderFile } from './files'
import type { Order, OrderEvent } from './order'

/** An order as this person sees it: with the commands the person may give now. */
export interface OrderView extends Order {
  actions: string[]
  /** Token of the page that follows the order without sign-in. */
  link?: string
}

/** Commands whose path is not their own name. */
const paths: Record<string, string> = { task_add: 'tasks', note: 'notes' }

/** Where a command on an order is sent. */
export function orderPath(id: string, command: string): string {
  return `/api/v1/orders/${encodeURIComponent(id)}/${paths[command] ?? command.replaceAll('_', '-')}`
}

/** Where it is said that a team's part of an order is done. */
export function taskDonePath(id: string, taskId: string): string {
  return `${orderPath(id, 'task_add')}/${encodeURIComponent(taskId)}/done`
}

interface Page<T> {
  items: T[]
  nextCursor?: string
}

async function orders(query: string): Promise<OrderView[]> {
  return ((await send('GET', `/api/v1/orders?${query}`)) as Page<OrderView>).items
}

/** My open work. */
export const myWork = () => orders('assigneeId=me&open=true&sort=due&limit=200')

/** What I may grab. */
export const pool = () => orders('status=pooled&sort=due&limit=100')

/** What I reported, newest first. */
export const myReports = (cursor = '') => send('GET', `/api/v1/orders?reporterId=me&limit=30&cursor=${encodeURIComponent(cursor)}`) as Promise<Page<OrderView>>

export interface OrderDetail {
  order: OrderView
  events: OrderEvent[]
  files: OrderFile[]
}

/** An order with its whole story. */
export async function orderDetail(id: string): Promise<OrderDetail> {
  const path = `/api/v1/orders/${encodeURIComponent(id)}`
  const [order, timeline, files] = await Promise.all([send('GET', path), send('GET', `${path}/timeline`), orderFiles(id)])
  return { order: order as OrderView, events: (timeline as Page<OrderEvent>).items, files }
}

/** A team that work can be handed to. */
export interface Team {
  id: string
  name: string
}

/** The teams of the hospital. */
export const teams = async () => ((await send('GET', '/api/v1/teams?active=true&limit=200')) as Page<Team>).items
