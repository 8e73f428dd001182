import { api, type Schemas } from '@/api/client'
import { uploadBytes } from '@/api/upload'
import { newKey } from '@/device/key'
import { address, seg } from './rest'

/** A file that hangs on something. */
export type FileInfo = Schemas['AttachmentUploaded']
export const filesOf = async (subject: string, subjectId: string) => (await api.get('/api/v1/attachments', { query: { subject, subjectId } })).items
/** Where a file is; with a size (160, 320, 640, 1280 pixels) a smaller picture of it. */
export const fileAddress = (id: string, size?: number) => address(`/attachments/${seg(id)}`, { size })
export const uploadAll = (files: readonly File[]) => Promise.all(files.map((file) => uploadBytes(file, newKey())))
