import { asProblem } from '@/api/problem'
import type { ActionStore } from './store'

/** A file that goes up before its action; kept as bytes, since some web views lose Blobs from their database. */
export interface QueuedFile {
  /**
   * Where in the action's body the uploaded file's id belongs, names joined by dots: into a list there, or
   * (single) as the value itself.
   */
  slot: string
  single?: boolean
  name: string
  type: string
  bytes: ArrayBuffer
  key: string
  /** The scanned code that lets somebody without an account upload. */
  code?: string
  /** Set once the file is up. */
  id?: string
}

/** Something the user did that the server does not know yet. */
export interface QueuedAction {
  /** Order of doing; given by the store. */
  seq: number
  /** Who did it: on a shared phone nobody sends the work of another. */
  person: string
  /** Idempotency key: however often it is sent, it takes effect once. */
  key: string
  method: string
  path: string
  body: Record<string, unknown>
  files: QueuedFile[]
  /** What it is about (an order's id): later actions on the same thing wait for earlier ones. */
  subject: string
  /** What was done, in words of the message catalogue, for the list of what waits. */
  label: string
  labelValues?: Record<string, string>
  /** When it was done by the server's clock, Unix milliseconds. */
  occurredAt: number
  state: 'waiting' | 'refused'
  /** Why the server would not take it, in the user's language. */
  problem?: string
  problemCode?: string
}

/** How actions and files reach the server. */
export interface Carrier {
  upload(file: QueuedFile): Promise<string>
  send(action: QueuedAction, body: Record<string, unknown>): Promise<unknown>
  /** The refusal in words. */
  words(thrown: unknown): string
  /** Told of every action the server has taken, at once or later. */
  delivered?(action: QueuedAction, answer: unknown): void
}

export interface QueueView {
  waiting: QueuedAction[]
  refused: QueuedAction[]
}

/**
 * Sends what was done, once and in order. An action whose answer was lost is sent again under the same key, so
 * it takes effect once. A refused action stays until the user decides; what was done later to the same thing
 * waits behind it, other things go on.
 */
export class ActionQueue {
  private sending: Promise<void> | null = null
  private again = false
  private answers = new Map<string, (result: { answer?: unknown; refused?: unknown }) => void>()

  constructor(
    private readonly store: ActionStore,
    private readonly carrier: Carrier,
    private readonly person: () => string,
    private readonly onChange: (view: QueueView) => void,
  ) {}

  /** What waits and what was refused, oldest first. */
  async view(): Promise<QueueView> {
    const all = await this.store.all(this.person())
    return {
      waiting: all.filter((action) => action.state === 'waiting'),
      refused: all.filter((action) => action.state === 'refused'),
    }
  }

  private async changed(): Promise<void> {
    this.onChange(await this.view())
  }

  /**
   * Keeps the action and tries to send it. Resolves with the answer when it could be sent at once, with
   * 'waiting' when it has to wait for signal (or behind another); rejects when it was refused at once, and
   * then it is not kept: the user stands before it and sees why.
   */
  async act(action: Omit<QueuedAction, 'seq' | 'state' | 'person'>): Promise<{ answer: unknown } | 'waiting'> {
    // A form hands over what it is still bound to, which the browser's database cannot keep; the body is JSON in any case.
    const body = JSON.parse(JSON.stringify(action.body)) as Record<string, unknown>
    await this.store.add({ ...action, body, person: this.person(), state: 'waiting' })
    await this.changed()
    let result: { answer?: unknown; refused?: unknown } | null = null
    this.answers.set(action.key, (given) => (result = given))
    try {
      await this.flush()
    } finally {
      this.answers.delete(action.key)
    }
    const settled = result as { answer?: unknown; refused?: unknown } | null
    if (settled === null) return 'waiting'
    if ('refused' in settled) throw settled.refused
    return { answer: settled.answer }
  }

  /** Sends everything that can be sent now; calls made meanwhile are served by one more round. */
  flush(): Promise<void> {
    if (this.sending) {
      this.again = true
      return this.sending
    }
    this.sending = this.rounds().finally(() => (this.sending = null))
    return this.sending
  }

  private async rounds(): Promise<void> {
    do {
      this.again = false
      await exclusively(() => this.round())
    } while (this.again)
  }

  private async round(): Promise<void> {
    const all = await this.store.all(this.person())
    const blocked = new Set(all.filter((action) => action.state === 'refused').map((action) => action.subject))
    for (const action of all) {
      if (action.state !== 'waiting' || blocked.has(action.subject)) continue
      try {
        const answer = await this.deliver(action)
        await this.store.remove(action.seq)
        this.answers.get(action.key)?.({ answer })
        this.carrier.delivered?.(action, answer)
      } catch (thrown) {
        if (waitable(thrown)) break
        await this.refuse(action, thrown)
        blocked.add(action.subject)
      }
      await this.changed()
    }
    await this.changed()
  }

  private async refuse(action: QueuedAction, thrown: unknown): Promise<void> {
    const waiter = this.answers.get(action.key)
    if (waiter) {
      await this.store.remove(action.seq)
      waiter({ refused: thrown })
      return
    }
    await this.store.put({ ...action, state: 'refused', problem: this.carrier.words(thrown), problemCode: asProblem(thrown).code })
  }

  private async deliver(action: QueuedAction): Promise<unknown> {
    const body = JSON.parse(JSON.stringify(action.body)) as Record<string, unknown>
    for (const file of action.files) {
      if (!file.id) {
        file.id = await this.carrier.upload(file)
        await this.store.put(action)
      }
      put(body, file.slot.split('.'), file.id, file.single ?? false)
    }
    return this.carrier.send(action, body)
  }

  /** Tries a refused action again, for example after the order was handed back. */
  async retry(seq: number): Promise<void> {
    const action = (await this.view()).refused.find((one) => one.seq === seq)
    if (!action) return
    await this.store.put({ ...action, state: 'waiting', problem: undefined, problemCode: undefined })
    await this.changed()
    await this.flush()
  }

  /** Gives a refused action up, so that later ones on the same thing may go. */
  async drop(seq: number): Promise<void> {
    await this.store.remove(seq)
    await this.changed()
    await this.flush()
  }
}

function put(body: Record<string, unknown>, [name, ...rest]: string[], id: string, single: boolean): void {
  if (name === undefined) return
  if (rest.length > 0) put((body[name] ??= {}) as Record<string, unknown>, rest, id, single)
  else body[name] = single ? id : [...((body[name] as string[] | undefined) ?? []), id]
}

/**
 * Whether the action should simply wait: no signal, the server in trouble, or the session over (it is sent
 * after the next sign-in).
 */
function waitable(thrown: unknown): boolean {
  const problem = asProblem(thrown)
  return problem.passing || problem.status === 401
}

/** Two tabs of one phone must not send the same queue at once. */
async function exclusively(work: () => Promise<void>): Promise<void> {
  if (typeof navigator === 'undefined' || !navigator.locks) return work()
  await navigator.locks.request('wardline-queue', work)
}
