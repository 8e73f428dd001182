import { ref } from 'vue'
import { api, type Schemas } from '@/api/client'

/** One piece of news for the one signed in. */
export type Message = Schemas['NotifyMessageView']

/** How many messages are unread; shown on the bell. */
export const unread = ref(0)

/** Counts anew; without signal the last count stays. */
export async function countUnread(): Promise<void> {
  try {
    unread.value = (await api.get('/api/v1/messages/unread')).count
  } catch {
    return
  }
}

/** The messages, newest first. */
export const messages = (cursor = '') => api.get('/api/v1/messages', { query: { limit: 30, cursor } })

/** Marks one as read. */
export const markRead = (id: string) => api.post('/api/v1/messages/{id}/read', { path: { id } })

/** Marks everything up to the newest one shown as read. */
export const markAllRead = (until: number) => api.post('/api/v1/messages/read-all', { body: { until } })

/** The message's page within this face (its path without the base), or null when another face has it. */
export function pageHere(page: string | undefined, base: string): string | null {
  if (!page?.startsWith(base)) return null
  const rest = page.slice(base.length)
  // The reporter's base is the beginning of the engineer's.
  if (base === '/m/' && /^work(\/|$)/.test(rest)) return null
  return `/${rest}`
}
