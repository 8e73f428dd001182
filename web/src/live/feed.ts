/** What the server pushes: a topic, and its news as JSON. */
export interface Push {
  topic: string
  data: unknown
}

/** 'resync' tells listeners to fetch anew: something may have been missed. */
export type FeedState = 'connecting' | 'open' | 'lost'

export interface Feed {
  close(): void
}

export const livePath = '/api/v1/live'

/** After the browser gives up on a stream (an HTTP error ends it for good), it is opened anew after this long. */
const reopenAfterMs = 5000
/** After the server ended a stream because the person has too many, others would be pushed out by coming back soon. */
const comeBackAfterMs = 60_000

/**
 * Holds one event stream open. The browser itself reconnects after a lost line and repeats Last-Event-ID;
 * only after an HTTP error the stream is made anew here, and then the listeners are told to fetch everything.
 */
export function openFeed(
  path: string,
  topics: readonly string[],
  onPush: (push: Push) => void,
  onState: (state: FeedState) => void,
): Feed {
  let source: EventSource | null = null
  let timer: ReturnType<typeof setTimeout> | undefined
  let closed = false
  let everOpen = false

  // Spread, so that all browsers do not come back at the same moment.
  const again = (afterMs: number) => {
    clearTimeout(timer)
    if (!closed) timer = setTimeout(open, afterMs * (1 + Math.random()))
  }
  const open = () => {
    onState('connecting')
    source = new EventSource(path, { withCredentials: true })
    let first = true
    source.onopen = () => {
      onState('open')
      // A new stream after a broken one starts from now: what came between is unknown.
      if (first && everOpen) onPush({ topic: 'resync', data: null })
      first = false
      everOpen = true
    }
    source.onerror = () => {
      onState('lost')
      if (source?.readyState !== EventSource.CLOSED || closed) return
      again(reopenAfterMs)
    }
    source.addEventListener('bye', () => {
      source?.close()
      onState('lost')
      again(comeBackAfterMs)
    })
    for (const topic of ['hello', 'resync', ...topics]) {
      source.addEventListener(topic, (event) => onPush({ topic, data: parse((event as MessageEvent).data) }))
    }
  }
  open()
  return {
    close() {
      closed = true
      clearTimeout(timer)
      source?.close()
    },
  }
}

function parse(data: unknown): unknown {
  if (typeof data !== 'string' || data === '') return null
  try {
    return JSON.parse(data)
  } catch {
    return null
  }
}
