import createClient from 'openapi-fetch'
import { call } from './call'
import type { paths } from './schema'

/** The typed API, generated from api/openapi.json. Every refusal is thrown as a Problem. */
export const api = createClient<paths>({ baseUrl: '', fetch: call, credentials: 'same-origin' })

/** The answer itself; `call` throws when there is none. */
export async function ask<T>(calling: Promise<{ data?: T }>): Promise<T> {
  const { data } = await calling
  return data as T
}
