import { call } from './call'

/** The largest file the server takes: thirty seconds of video from a telephone. */
export const maxUploadBytes = 30 * 1024 * 1024

/**
 * Uploads one file; answers the id by which a command names it. The same key uploads it once. Whoever is not
 * signed in shows the code that lets them report.
 */
export async function uploadBytes(file: File, key: string, code?: string): Promise<string> {
  const headers = new Headers({ 'Idempotency-Key': key, 'X-File-Name': encodeURIComponent(file.name) })
  headers.set('Content-Type', file.type || 'application/octet-stream')
  if (code) headers.set('X-Scan-Code', code)
  const request = new Request(new URL('/api/v1/attachments', location.origin), { method: 'POST', headers, body: file, credentials: 'same-origin' })
  const answer = (await (await call(request)).json()) as { id: string }
  return answer.id
}
