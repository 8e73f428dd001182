import { shallowRef, watch } from 'vue'
import { send } from '@/api/call'
import { reachable } from '@/api/reach'
import { uploadBytes } from '@/api/upload'
import { problemDetails } from '@/api/wording'
import { newKey } from '@/device/key'
import { liveState } from '@/live/live'
import { me } from '@/session/session'
import { serverNow } from '@/time/clock'
import { ActionQueue, type QueuedAction, type QueuedFile, type QueueView } from './queue'
import { actionStore } from './store'

/** What was done here and not yet taken by the server; shown on every page. */
export const outbox = shallowRef<QueueView>({ waiting: [], refused: [] })
type DeliveredListener = (action: QueuedAction, answer: unknown) => void
const listeners = new Set<DeliveredListener>()

/** Calls the listener whenever the server has taken something that was done here, at once or later. */
export function onDelivered(listener: DeliveredListener): void {
  listeners.add(listener)
}

const queue = new ActionQueue(
  actionStore,
  {
    upload: (file: QueuedFile) => uploadBytes(fileOf(file), file.key, file.code),
    send: (action: QueuedAction, body) => send(action.method, action.path, body, { key: action.key }),
    words: problemDetails,
    delivered: (action, answer) => listeners.forEach((listener) => listener(action, answer)),
  },
  () => me.value?.id ?? 'public',
  (view) => (outbox.value = view),
)

async function flush(): Promise<void> {
  await queue.flush()
}

/** How often it is tried while something waits, in milliseconds; twice as long after each try in vain. */
const soonest = 5_000
const latest = 60_000
let pause = soonest
let timer: ReturnType<typeof setTimeout> | undefined

/** Tries again after a while as long as something waits: not every phone tells when the line is back. */
function plan(): void {
  clearTimeout(timer)
  if (outbox.value.waiting.length === 0) {
    pause = soonest
    return
  }
  timer = setTimeout(() => {
    pause = Math.min(latest, pause * 2)
    void flush()
  }, pause)
}

/** A sign that the line may be back: try now, and soon again. */
function hope(): void {
  pause = soonest
  void flush()
}

/** Tries to send whenever there is a chance: line back, live stream back, page seen again, and now and then. */
export function startOutbox(): void {
  window.addEventListener('online', hope)
  window.addEventListener('offline', () => (reachable.value = false))
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') hope()
  })
  watch(liveState, (state) => {
    if (state === 'open') hope()
  })
  watch(outbox, plan)
  hope()
}

export const retryAction = (seq: number) => queue.retry(seq)
/** The file of a waiting or refused action, as it was given. */
export const fileOf = ({ bytes, name, type }: QueuedFile) => new File([bytes], name, { type })

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
