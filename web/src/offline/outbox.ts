import { ref, shallowRef } from 'vue'
import { send } from '@/api/call'
import { uploadBytes } from '@/api/upload'
import { problemWords } from '@/api/wording'
import { newKey } from '@/device/key'
import { me } from '@/session/session'
import { serverNow } from '@/time/clock'
import { ActionQueue, type QueuedAction, type QueuedFile, type QueueView } from './queue'
import { actionStore } from './store'

/** What was done here and not yet taken by the server; shown on every page. */
export const outbox = shallowRef<QueueView>({ waiting: [], refused: [] })
/** What the browser thinks of the line; it is often wrong, so it is only a hint to try. */
export const online = ref(navigator.onLine)

type DeliveredListener = (action: QueuedAction, answer: unknown) => void
const listeners = new Set<DeliveredListener>()

/** Calls the listener whenever the server has taken something that was done here, at once or later. */
export function onDelivered(listener: DeliveredListener): void {
  listeners.add(listener)
}

const queue = new ActionQueue(
  actionStore,
  {
    upload: (file: QueuedFile) => uploadBytes(new File([file.bytes], file.name, { type: file.type }), file.key, file.code),
    send: (action: QueuedAction, body) => send(action.method, action.path, body, { key: action.key }),
    words: problemWords,
    delivered: (action, answer) => listeners.forEach((listener) => listener(action, answer)),
  },
  () => me.value?.id ?? 'public',
  (view) => (outbox.value = view),
)

async function flush(): Promise<void> {
  await queue.flush()
}

/** Tries to send whenever there is a chance: line back, page seen again, and every half minute while something waits. */
export function startOutbox(): void {
  window.addEventListener('online', () => {
    online.value = true
    void flush()
  })
  window.addEventListener('offline', () => (online.value = false))
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') void flush()
  })
  setInterval(() => {
    if (outbox.value.waiting.length > 0) void flush()
  }, 30_000)
  void flush()
}

export const retryAction = (seq: number) => queue.retry(seq)
export const dropAction = (seq: number) => queue.drop(seq)
export const sendNow = flush

/** A file and where its id belongs in the command: in a list under the name, or (single) as the value itself. */
export interface FileSlot {
  slot: string
  single?: boolean
  file: File
  /** The scanned code that lets somebody without an account upload. */
  code?: string
}

async function toQueuedFile({ slot, single, file, code }: FileSlot): Promise<QueuedFile> {
  return { slot, single, code, name: file.name, type: file.type, bytes: await file.arrayBuffer(), key: newKey() }
}

export interface Doing {
  method?: string
  path: string
  body: Record<string, unknown>
  files?: FileSlot[]
  /** What it is about; later actions on the same thing wait for earlier ones. */
  subject: string
  /** What was done, as a key of the message catalogue understands it. */
  label: string
  labelValues?: Record<string, string>
  /** False where the server takes no time of doing. */
  timed?: boolean
}

/**
 * Does something on the server: at once with signal, later without. Resolves to the answer, or 'waiting'; rejects
 * with the server's refusal. The true time goes along, so that the timeline tells it.
 */
export async function doNowOrLater(doing: Doing): Promise<{ answer: unknown } | 'waiting'> {
  const occurredAt = serverNow()
  return queue.act({
    key: newKey(),
    method: doing.method ?? 'POST',
    path: doing.path,
    body: doing.timed === false ? doing.body : { ...doing.body, occurredAt },
    files: await Promise.all((doing.files ?? []).map(toQueuedFile)),
    subject: doing.subject,
    label: doing.label,
    labelValues: doing.labelValues,
    occurredAt,
  })
}
