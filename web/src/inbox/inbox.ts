import { ref } from 'vue'
import { send } from '@/api/call'
import { newKey } from '@/device/key'

/** One piece of news for the one signed in. */
export interface Message {
  id: string
  urgent: boolean
  title: string
  body: string
  /** Path of the page it leads to. */
  page?: string
  /** Unix milliseconds. */
  at: number
  readAt?: number
}

export interface MessagePage {
  items: Message[]
  nextCursor?: string
}

/** How many messages are unread; shown on the bell. */
export const unread = ref(0)

/** Counts anew; without signal the last count stays. */
export async function countUnread(): Promise<void> {
  try {
    unread.value = ((await send('GET', '/api/v1/messages/unread')) as { count: number }).count
  } catch {
    return
  }
}

/** The messages, newest first. */
export const messages = (cursor = '') => send('GET', `/api/v1/messages?limit=30&cursor=${encodeURIComponent(cursor)}`) as Promise<MessagePage>

/** Marks one as read. */
export const markRead = (id: string) => send('POST', `/api/v1/messages/${encodeURIComponent(id)}/read`, undefined, { key: newKey() })

/** Marks everything up to the newest one shown as read. */
export const markAllRead = (until: number) => send('POST', '/api/v1/messages/read-all', { until }, { key: newKey() })

/** The message's page within this face (its path without the base), or null when another face has it. */
export function pageHere(page: string | undefined, base: string): string | null {
  if (!page?.startsWith(base)) return null
  const rest = page.slice(base.length)
  // The reporter's base is the beginning of the engineer's.
  if (base === '/m/' && /^work(\/|$)/.test(rest)) return null
  return `/${rest}`
}
