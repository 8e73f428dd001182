import { randomUUID } from 'node:crypto'

/** Password of every demonstration account. */
export const demoPassword = 'Wardline2026'

export interface Answer {
  status: number
  body: unknown
}

type Query = Record<string, string | number | boolean | undefined>

/** The program's API as one person uses it; what it says is what the server has stored. */
export class Api {
  private constructor(
    readonly base: string,
    /** Value of the session's cookie, for a browser that goes on where this left off. */
    readonly session: string,
  ) {}

  /** Nobody's: without sign-in. */
  static nobody(base: string): Api {
    return new Api(base, '')
  }

  static async signIn(base: string, login: string, password = demoPassword): Promise<Api> {
    const response = await fetch(`${base}/api/v1/auth/login`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ login, password, keep: true }),
    })
    if (!response.ok) throw new Error(`${login} cannot sign in: ${response.status} ${await response.text()}`)
    const session = /(?:^|, )wardline=([^;]+)/.exec(response.headers.get('set-cookie') ?? '')?.[1]
    if (!session) throw new Error('signing in brought no session')
    return new Api(base, session)
  }

  private headers(more: Record<string, string>): Record<string, string> {
    return { ...more, 'Accept-Language': 'zh-CN', ...(this.session ? { Cookie: `wardline=${this.session}` } : {}) }
  }

  /** Asks and answers whatever comes, a refusal too. */
  async ask(method: string, path: string, body?: unknown, query: Query = {}): Promise<Answer> {
    const url = new URL(`${this.base}/api/v1${path}`)
    for (const [name, value] of Object.entries(query)) if (value !== undefined) url.searchParams.set(name, String(value))
    const form = body instanceof FormData
    const response = await fetch(url, {
      method,
      headers: this.headers({
        ...(body === undefined || form ? {} : { 'Content-Type': 'application/json' }),
        ...(method === 'POST' ? { 'Idempotency-Key': randomUUID() } : {}),
      }),
      body: body === undefined ? undefined : form ? body : JSON.stringify(body),
    })
    const text = await response.text()
    return { status: response.status, body: /json/.test(response.headers.get('content-type') ?? '') ? JSON.parse(text) : text }
  }

  private async must<T>(method: string, path: string, body?: unknown, query?: Query): Promise<T> {
    const answer = await this.ask(method, path, body, query)
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`)
    return answer.body as T
  }

  get<T>(path: string, query?: Query): Promise<T> {
    return this.must<T>('GET', path, undefined, query)
  }

  post<T>(path: string, body: unknown = {}): Promise<T> {
    return this.must<T>('POST', path, body)
  }

  put<T>(path: string, body: unknown): Promise<T> {
    return this.must<T>('PUT', path, body)
  }

  delete(path: string): Promise<unknown> {
    return this.must('DELETE', path)
  }

  /** A page that is no part of the API. */
  async page(path: string): Promise<string> {
    const response = await fetch(this.base + path, { headers: this.headers({}) })
    if (!response.ok) throw new Error(`${path}: ${response.status}`)
    return response.text()
  }
}
