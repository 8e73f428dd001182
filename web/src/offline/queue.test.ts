import 'fake-indexeddb/auto'
import { beforeEach, describe, expect, it } from 'vitest'
import { reactive } from 'vue'
import { Problem } from '@/api/problem'
import { ActionQueue, type Carrier, type QueuedAction, type QueueView } from './queue'
import { actionStore } from './store'

type Step = (action: QueuedAction, body: Record<string, unknown>) => unknown

/** A server as the queue meets it: takes each key once, may be out of reach, may lose its answers, may refuse. */
class Server {
  online = true
  loseAnswers = 0
  refuse = new Map<string, Problem>()
  taken: { key: string; path: string; body: Record<string, unknown> }[] = []
  uploads: string[] = []
  onSend: Step | null = null

  carrier: Carrier = {
    upload: async (file) => {
      if (!this.online) throw new Problem(0, 'offline', '')
      if (!this.uploads.includes(file.key)) this.uploads.push(file.key)
      return `file-${file.key}`
    },
    send: async (action, body) => {
      await this.onSend?.(action, body)
      if (!this.online) throw new Problem(0, 'offline', '')
      const refusal = this.refuse.get(action.path)
      if (refusal) throw refusal
      if (!this.taken.some((one) => one.key === action.key)) this.taken.push({ key: action.key, path: action.path, body })
      if (this.loseAnswers > 0) {
        this.loseAnswers--
        throw new Problem(0, 'offline', '')
      }
      return { done: action.key }
    },
    words: (thrown) => (thrown as Problem).message,
  }
}

let server: Server
let person: string
let view: QueueView
let queue: ActionQueue
let made = 0

beforeEach(async () => {
  server = new Server()
  person = `person-${++made}`
  view = { waiting: [], refused: [] }
  queue = new ActionQueue(actionStore, server.carrier, () => person, (next) => (view = next))
})

function action(path: string, subject = 'order-1', more: Partial<QueuedAction> = {}) {
  return { key: `${path}-${made}`, method: 'POST', path, body: {}, files: [], subject, label: 'x', occurredAt: 1, ...more }
}
const paths = () => server.taken.map((one) => one.path)

describe('with signal', () => {
  it('takes what a form is still bound to', async () => {
    const form = reactive({ parts: [{ name: 'screen', quantity: 1 }] })
    await queue.act(action('finish', 'order-1', { body: { ...form } }))
    expect(server.taken[0]?.body).toEqual({ parts: [{ name: 'screen', quantity: 1 }] })
  })

  it('sends at once and gives the answer', async () => {
    expect(await queue.act(action('accept'))).toEqual({ answer: { done: `accept-${made}` } })
    expect(view).toEqual({ waiting: [], refused: [] })
  })
  it('throws a refusal and keeps nothing', async () => {
    server.refuse.set('grab', new Problem(409, 'order.taken', 'taken by Li'))
    await expect(queue.act(action('grab'))).rejects.toMatchObject({ code: 'order.taken' })
    expect(await queue.view()).toEqual({ waiting: [], refused: [] })
  })
})

describe('without signal', () => {
  it('keeps the order of doing and sends each once', async () => {
    server.online = false
    for (const path of ['accept', 'arrive', 'finish']) expect(await queue.act(action(path))).toBe('waiting')
    expect(view.waiting).toHaveLength(3)
    server.online = true
    await Promise.all([queue.flush(), queue.flush(), queue.flush()])
    expect(paths()).toEqual(['accept', 'arrive', 'finish'])
    expect(view.waiting).toEqual([])
  })

  it('sends again under the same key when the answer was lost', async () => {
    server.loseAnswers = 1
    expect(await queue.act(action('finish'))).toBe('waiting')
    await queue.flush()
    expect(paths()).toEqual(['finish'])
    expect((await queue.view()).waiting).toEqual([])
  })

  it('survives a restart of the page', async () => {
    server.online = false
    await queue.act(action('hold'))
    server.online = true
    const restarted = new ActionQueue(actionStore, server.carrier, () => person, () => {})
    await restarted.flush()
    expect(paths()).toEqual(['hold'])
  })

  it('uploads a file once, though sending failed after the upload, and names it in the body', async () => {
    const file = { slot: 'photos', name: 'a.jpg', type: 'image/jpeg', bytes: new ArrayBuffer(3), key: `f-${made}` }
    let first = true
    server.onSend = () => {
      if (first) {
        first = false
        throw new Problem(503, 'unavailable', '')
      }
    }
    const sign = { ...file, slot: 'sign', single: true, key: `s-${made}` }
    const pump = { ...file, slot: 'form.pump', key: `p-${made}` }
    await queue.act(action('finish', 'order-1', { files: [file, sign, pump], body: { cause: 'c', photos: ['old'] } }))
    await queue.flush()
    expect(server.uploads).toEqual([`f-${made}`, `s-${made}`, `p-${made}`])
    expect(server.taken[0]!.body).toEqual({ cause: 'c', photos: ['old', `file-f-${made}`], sign: `file-s-${made}`, form: { pump: [`file-p-${made}`] } })
  })
})

describe('a refusal found later', () => {
  async function conflict() {
    server.online = false
    await queue.act(action('arrive', 'order-1'))
    await queue.act(action('finish', 'order-1'))
    await queue.act(action('accept', 'order-2'))
    server.online = true
    server.refuse.set('arrive', new Problem(409, 'order.reassigned', 'given to Wang'))
    await queue.flush()
  }

  it('is kept for the user; what hangs on it waits, other orders go on', async () => {
    await conflict()
    expect(paths()).toEqual(['accept'])
    expect(view.refused.map((one) => [one.path, one.problem])).toEqual([['arrive', 'given to Wang']])
    expect(view.waiting.map((one) => one.path)).toEqual(['finish'])
  })
  it('goes on after it is dropped', async () => {
    await conflict()
    await queue.drop(view.refused[0]!.seq)
    expect(paths()).toEqual(['accept', 'finish'])
  })
  it('goes in order when it is tried again', async () => {
    await conflict()
    server.refuse.clear()
    await queue.retry(view.refused[0]!.seq)
    expect(paths()).toEqual(['accept', 'arrive', 'finish'])
  })
})

it('never sends the work of another who used the phone', async () => {
  server.online = false
  await queue.act(action('finish'))
  server.online = true
  person = `${person}-other`
  await queue.flush()
  expect(paths()).toEqual([])
})

it('waits for the next sign-in when the session is over', async () => {
  server.refuse.set('finish', new Problem(401, 'unauthorized', ''))
  expect(await queue.act(action('finish'))).toBe('waiting')
  server.refuse.clear()
  await queue.flush()
  expect(paths()).toEqual(['finish'])
})

it('does not lose an action made while a round is under way', async () => {
  let second: Promise<unknown> | null = null
  server.onSend = (sent) => {
    if (sent.path === 'accept' && !second) second = queue.act(action('arrive'))
  }
  await queue.act(action('accept'))
  expect(await second).toEqual({ answer: { done: `arrive-${made}` } })
  expect(paths()).toEqual(['accept', 'arrive'])
})
