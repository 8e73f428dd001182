import { send } from '@/api/call'

/** A file that hangs on an order. */
export interface OrderFile {
  id: string
  name: string
  /** Media type, sniffed by the server. */
  type: string
  size: number
  /** It can be had smaller, as a picture. */
  pictured: boolean
}

/** The files of an order. */
export async function orderFiles(orderId: string): Promise<OrderFile[]> {
  const query = new URLSearchParams({ subject: 'order', subjectId: orderId })
  return ((await send('GET', `/api/v1/attachments?${query}`)) as { items: OrderFile[] }).items
}

/** Where a file's bytes are; with a size, a picture of at most so many pixels a side where there is one. */
export function fileUrl(file: OrderFile, size?: 160 | 320 | 640 | 1280): string {
  const path = `/api/v1/attachments/${encodeURIComponent(file.id)}`
  return size && file.pictured ? `${path}?size=${size}` : path
}
