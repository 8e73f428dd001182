import { send } from './call'
import type { components, paths } from './schema'

/*
 * The API by its own types, generated from api/openapi.json: a path, query, body or answer that does not exist
 * does not compile. Nothing of this is left at run time but the building of an address.
 */

/** The bodies of the API by name. */
export type Schemas = components['schemas']

type Method = 'get' | 'post' | 'put' | 'patch' | 'delete'
type PathOf<M extends Method> = { [P in keyof paths]: paths[P] extends Record<M, { responses: unknown }> ? P : never }[keyof paths]
type Operation<P extends keyof paths, M extends Method> = paths[P] extends Record<M, infer O> ? O : never

type Parameters<O> = O extends { parameters: infer X } ? X : never
type Asked<X> = [Exclude<X, undefined>] extends [never] ? never : Exclude<X, undefined>
type QueryOf<O> = Parameters<O> extends { query?: infer Q } ? Asked<Q> : never
type PartsOf<O> = Parameters<O> extends { path?: infer X } ? Asked<X> : never
type BodyOf<O> = O extends { requestBody: { content: { 'application/json': infer B } } } ? B : never
type Json<R> = R extends { content: { 'application/json': infer A } } ? A : undefined
type AnswerOf<O> = O extends { responses: infer R } ? { [S in keyof R & (200 | 201 | 204)]: Json<R[S]> }[keyof R & (200 | 201 | 204)] : never

/** A part of the options: absent where the operation has none, demanded where all of it may not be left out. */
type Part<Name extends string, X> = [X] extends [never]
  ? { [N in Name]?: never }
  : Record<never, never> extends X
    ? { [N in Name]?: X }
    : { [N in Name]: X }

type Options<O> = Part<'path', PartsOf<O>> &
  Part<'query', QueryOf<O>> &
  Part<'body', BodyOf<O>> & {
    /** Idempotency key; without one a new key is drawn. */
    key?: string
    signal?: AbortSignal
  }
type Arguments<O> = Record<never, never> extends Options<O> ? [options?: Options<O>] : [options: Options<O>]

/** The address of an operation: its path with the parts filled in, and the query without what is not set. */
export function address(path: string, parts: Record<string, unknown> = {}, query: Record<string, unknown> = {}): string {
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(parts[name])))
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) {
    if (value === undefined || value === '' || (Array.isArray(value) && value.length === 0)) continue
    search.set(name, Array.isArray(value) ? value.join(',') : String(value))
  }
  const text = search.toString()
  return text ? `${filled}?${text}` : filled
}

function operation<M extends Method>(method: M) {
  return async <P extends PathOf<M>>(path: P, ...[options]: Arguments<Operation<P, M>>): Promise<AnswerOf<Operation<P, M>>> => {
    const { path: parts, query, body, key, signal } = (options ?? {}) as {
      path?: Record<string, unknown>
      query?: Record<string, unknown>
      body?: unknown
      key?: string
      signal?: AbortSignal
    }
    const answer = await send(method.toUpperCase(), address(path as string, parts, query), body, { key, signal })
    return answer as AnswerOf<Operation<P, M>>
  }
}

/** Calls by method; each resolves with the answer of a success and throws everything else as a Problem. */
export const api = { get: operation('get'), post: operation('post'), put: operation('put'), patch: operation('patch'), delete: operation('delete') }
