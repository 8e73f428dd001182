/** A field the server would not take, with the reason in the user's language. */
export interface FieldProblem {
  field: string
  code: string
  message: string
}

/**
 * A call that did not succeed. `status` 0 means that no answer came: no signal, or the server is away.
 * `code` is stable and for programs; the message is for people, already in their language.
 */
export class Problem extends Error {
  readonly status: number
  readonly code: string
  readonly fields: FieldProblem[]
  /** Values the message names, for example who was first. */
  readonly params: Record<string, unknown>

  constructor(status: number, code: string, message: string, fields: FieldProblem[] = [], params: Record<string, unknown> = {}) {
    super(message)
    this.name = 'Problem'
    this.status = status
    this.code = code
    this.fields = fields
    this.params = params
  }

  /** True when no answer came, so that the same call may be sent again later. */
  get offline(): boolean {
    return this.status === 0
  }

  /** True when the same call may succeed a little later: no answer, too many calls, or the server is in trouble. */
  get passing(): boolean {
    return this.status === 0 || this.status === 408 || this.status === 429 || this.status >= 500
  }

  /** The messages by field, the first of each; what belongs to no field is under ''. */
  byField(): Record<string, string> {
    const messages: Record<string, string> = {}
    for (const { field, message } of this.fields) messages[field] ??= message
    return messages
  }
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

/** Reads an RFC 9457 answer; anything else (a proxy's HTML page) becomes a plain problem of that status. */
export function toProblem(status: number, body: unknown): Problem {
  if (typeof body !== 'object' || body === null) return new Problem(status, `http${status}`, '')
  const { code, title, errors, params } = body as Record<string, unknown>
  const fields = (Array.isArray(errors) ? errors : [])
    .filter((item): item is Record<string, unknown> => typeof item === 'object' && item !== null)
    .map((item) => ({ field: text(item.field), code: text(item.code), message: text(item.message) }))
  const values = typeof params === 'object' && params !== null ? (params as Record<string, unknown>) : {}
  return new Problem(status, text(code) || `http${status}`, text(title), fields, values)
}

/** Whatever was thrown, as a Problem: a failed fetch is a TypeError and means that no answer came. */
export function asProblem(thrown: unknown): Problem {
  if (thrown instanceof Problem) return thrown
  if (thrown instanceof TypeError || (thrown instanceof DOMException && thrown.name === 'AbortError')) {
    return new Problem(0, 'offline', '')
  }
  return new Problem(-1, 'unexpected', '')
}
