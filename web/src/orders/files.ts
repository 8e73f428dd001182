import { send } from '@/api/call'

/** A file that hangs on an order. */
export interface OrderFile {
  id: string
  name: string
  /** Media type, sniffed by the server. */
  type: string
  size: number
}

/** The files of an order. */
export async function orderFiles(orderId: string): Promise<OrderFile[]> {
  const query = new URLSearchParams({ subjectType: 'order', subjectId: orderId })
  return ((await send('GET', `/api/v1/attachments?${query}`)) as { items: OrderFile[] }).items
}

/** Where a file's bytes are. */
export const fileUrl = (file: { id: string }) => `/api/v1/attachments/${encodeURIComponent(file.id)}/content`
