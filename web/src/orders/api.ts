import { api, type Schemas } from '@/api/client'
import { orderFiles, type OrderFile } from './files'
import type { OrderEvent } from './order'

/** An order as this person sees it: with the commands the person may give now, and the order's own link. */
export type OrderView = Schemas['WorkorderView']

/** Commands whose path is not their own name. */
const paths: Record<string, string> = { task_add: 'tasks', note: 'notes' }

/** Where a command on an order is sent. */
export function orderPath(id: string, command: string): string {
  return `/api/v1/orders/${encodeURIComponent(id)}/${paths[command] ?? command.replaceAll('_', '-')}`
}

/** Where a command on a task of an order is sent. */
export function taskPath(id: string, taskId: string, command: string): string {
  return `${orderPath(id, 'task_add')}/${encodeURIComponent(taskId)}/${command.replace('task_', '')}`
}

/** My open work. */
export const myWork = async () => (await api.get('/api/v1/orders', { query: { assigneeId: 'me', open: true, sort: 'urgent', limit: 200 } })).items

/** Orders with an open task that I have. */
export const myTasks = async () => (await api.get('/api/v1/orders', { query: { taskHolderId: 'me', open: true, sort: 'due', limit: 100 } })).items

/** Orders with an open task of my team. */
export const teamTasks = async () => (await api.get('/api/v1/orders', { query: { taskTeamId: 'mine', open: true, sort: 'due', limit: 100 } })).items

/** What I may grab. */
export const pool = async () => (await api.get('/api/v1/orders', { query: { status: ['pooled'], sort: 'urgent', limit: 100 } })).items

/** What I reported, newest first. */
export const myReports = (cursor = '') => api.get('/api/v1/orders', { query: { reporterId: 'me', limit: 30, cursor } })

export interface OrderDetail {
  order: OrderView
  events: OrderEvent[]
  files: OrderFile[]
}

/** An order with its whole story. */
export async function orderDetail(id: string): Promise<OrderDetail> {
  const path = { id }
  const [order, timeline, files] = await Promise.all([
    api.get('/api/v1/orders/{id}', { path }),
    api.get('/api/v1/orders/{id}/timeline', { path }),
    orderFiles(id),
  ])
  return { order, events: timeline.items, files }
}

/** The teams of the hospital. */
export const teams = async () => (await api.get('/api/v1/teams', { query: { active: 'true', limit: 200 } })).items
