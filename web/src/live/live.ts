import { onScopeDispose, ref } from 'vue'
import { setServerNow } from '@/time/clock'
import { livePath, openFeed, type Feed, type FeedState, type Push } from './feed'
import { liveTopics, type LiveTopic } from './topics'

/** Whether the live stream stands; a page shows when what it displays may be old. */
export const liveState = ref<FeedState>('connecting')

type Listener = (data: unknown) => void
const listeners = new Map<string, Set<Listener>>()
let feed: Feed | null = null
let port: MessagePort | null = null

function deliver(push: Push): void {
  if (push.topic === 'hello') setServerNow((push.data as { now?: number } | null)?.now)
  for (const listener of listeners.get(push.topic) ?? []) listener(push.data)
}

/** Opens the live stream, once for the page; all tabs share one connection where the browser can. */
export function startLive(): void {
  if (feed || port) return
  if (typeof SharedWorker === 'undefined') {
    feed = openFeed(livePath, liveTopics, deliver, (state) => (liveState.value = state))
    return
  }
  const worker = new SharedWorker(new URL('./worker.ts', import.meta.url), { type: 'module', name: 'wardline-live' })
  port = worker.port
  port.onmessage = (event: MessageEvent<{ push?: Push; state?: FeedState }>) => {
    if (event.data.state) liveState.value = event.data.state
    if (event.data.push) deliver(event.data.push)
  }
  port.start()
  window.addEventListener('pagehide', stopLive)
}

/** Opens the stream anew for whoever has just signed in: it belongs to the session. */
export function restartLive(): void {
  feed?.close()
  feed = null
  if (port) port.postMessage('restart')
  else startLive()
}

/** Ends this page's part of the live stream, at sign-out. */
export function stopLive(): void {
  feed?.close()
  feed = null
  port?.postMessage('bye')
  port = null
}

/**
 * Listens to a topic while the component lives. `onResync` (by default the same listener, with null) is called
 * when pushes may have been missed: fetch again.
 */
export function useLive(topic: LiveTopic, onPush: Listener, onResync: () => void = () => onPush(null)): void {
  const stops = [listen(topic, onPush), listen('resync', onResync)]
  onScopeDispose(() => stops.forEach((stop) => stop()))
}

function listen(topic: string, listener: Listener): () => void {
  const set = listeners.get(topic) ?? new Set()
  listeners.set(topic, set.add(listener))
  return () => set.delete(listener)
}
