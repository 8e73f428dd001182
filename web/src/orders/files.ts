import { api, type Schemas } from '@/api/client'

/** A file that hangs on an order. */
export type OrderFile = Schemas['AttachmentUploaded']

/** The files of an order. */
export const orderFiles = async (orderId: string) => (await api.get('/api/v1/attachments', { query: { subject: 'order', subjectId: orderId } })).items

/** Where a file's bytes are; with a size, a picture of at most so many pixels a side where there is one. */
export function fileUrl(file: OrderFile, size?: 160 | 320 | 640 | 1280): string {
  const path = `/api/v1/attachments/${encodeURIComponent(file.id)}`
  return size && file.pictured ? `${path}?size=${size}` : path
}
