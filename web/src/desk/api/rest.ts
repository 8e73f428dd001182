import { address as filled } from '@/api/client'

/** One page of a list. */
export interface Page<T> {
  items: T[]
  nextCursor?: string
}

/** The address of something the browser fetches by itself: a picture, a download, a page to print. */
export const address = (path: string, query: Record<string, unknown> = {}) => filled(`/api/v1${path}`, {}, query)

/** An id as a part of a path. */
export const seg = encodeURIComponent
