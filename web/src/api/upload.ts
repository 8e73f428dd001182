import { send } from './call'

/** Uploads one file; answers the id by which a command names it. The same key uploads it once. */
export async function uploadBytes(file: File, key: string): Promise<string> {
  const form = new FormData()
  form.append('file', file, file.name)
  const answer = (await send('POST', '/api/v1/attachments', form, { key })) as { id: string }
  return answer.id
}
