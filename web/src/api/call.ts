import { locale } from '@/i18n/i18n'
import { newKey } from '@/device/key'
import { learnServerTime } from '@/time/clock'
import { asProblem, toProblem } from './problem'
import { reachable } from './reach'

type SignedOutListener = () => void
let signedOut: SignedOutListener = () => {}

/** Sets what happens when the server no longer knows who we are. */
export function onSignedOut(listener: SignedOutListener): void {
  signedOut = listener
}

/** Refusals of a sign-in that is under way, or of asking who it is, are answers and not the end of a session. */
const signInPath = /^\/api\/v1\/auth\/(login|me|password|logout)\b/

async function bodyOf(response: Response): Promise<unknown> {
  const type = response.headers.get('Content-Type') ?? ''
  if (!type.includes('json')) return null
  return response.json().catch(() => null)
}

/**
 * Sends one request as every call of every face is sent: in the user's language, commands with an idempotency
 * key, the server's clock learnt from the answer. Resolves with a success only; anything else is thrown as a Problem.
 */
export async function call(request: Request): Promise<Response> {
  request.headers.set('Accept-Language', locale())
  if (request.method !== 'GET' && !request.headers.has('Idempotency-Key')) {
    request.headers.set('Idempotency-Key', newKey())
  }
  const sentAt = Date.now()
  let response: Response
  try {
    response = await fetch(request)
  } catch (thrown) {
    if (!request.signal.aborted) reachable.value = false
    throw asProblem(thrown)
  }
  reachable.value = true
  learnServerTime(response.headers.get('Date'), sentAt, Date.now())
  if (response.ok) return response
  const problem = toProblem(response.status, await bodyOf(response))
  if (response.status === 401 && !signInPath.test(new URL(request.url).pathname)) signedOut()
  throw problem
}

/** A call by method and path, for what was stored to be sent later and for uploads; answers the JSON or undefined. */
export async function send(
  method: string,
  path: string,
  body?: unknown,
  options: { key?: string; signal?: AbortSignal } = {},
): Promise<unknown> {
  const headers = new Headers()
  if (options.key) headers.set('Idempotency-Key', options.key)
  let payload: BodyInit | undefined
  if (body instanceof FormData || body instanceof Blob) payload = body
  else if (body !== undefined) {
    payload = JSON.stringify(body)
    headers.set('Content-Type', 'application/json')
  }
  const request = new Request(new URL(path, location.origin), {
    method,
    headers,
    body: payload,
    credentials: 'same-origin',
    signal: options.signal,
  })
  const response = await call(request)
  if (response.status === 204) return undefined
  return response.json()
}
