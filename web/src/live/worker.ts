/// <reference lib="webworker" />
import { livePath, openFeed, type Feed, type FeedState, type Push } from './feed'
import { liveTopics } from './topics'

/*
 * One stream for all tabs of a browser: a browser opens only six connections to a server over HTTP/1.1,
 * and six tabs would use them all up.
 */
declare const self: SharedWorkerGlobalScope

const ports = new Set<MessagePort>()
let feed: Feed | null = null
let state: FeedState = 'connecting'

function tell(message: { push?: Push; state?: FeedState }): void {
  for (const port of ports) port.postMessage(message)
}

function start(): void {
  feed ??= openFeed(
    livePath,
    liveTopics,
    (push) => tell({ push }),
    (next) => {
      state = next
      tell({ state })
    },
  )
}

self.onconnect = (event) => {
  const port = event.ports[0]!
  ports.add(port)
  port.onmessage = (message: MessageEvent<string>) => {
    if (message.data === 'bye') ports.delete(port)
    // Somebody signed in: the stream belongs to the session, so it starts anew. Nobody listens: it ends.
    if (message.data === 'restart' || ports.size === 0) {
      feed?.close()
      feed = null
    }
    if (ports.size > 0) start()
  }
  port.postMessage({ state })
  start()
}
