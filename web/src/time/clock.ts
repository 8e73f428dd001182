import { onScopeDispose, ref, type Ref } from 'vue'
import { recall, remember } from '@/device/remember'

// Phones in wards run minutes off; every countdown and every offline action counts by the server's clock. How far
// off this device is, is remembered, for a page that is opened without signal.
let offset = Number(recall('clockOffset') ?? 0) || 0
let bestRoundTrip = Infinity

/**
 * Learns the server's clock from an answer. The Date header has whole seconds, so half a second is added;
 * of many answers the quickest round trip tells most.
 */
export function learnServerTime(dateHeader: string | null, sentAt: number, receivedAt: number): void {
  if (!dateHeader) return
  const server = Date.parse(dateHeader)
  const roundTrip = receivedAt - sentAt
  if (Number.isNaN(server) || roundTrip < 0) return
  // An old best must not hold for ever: the device's clock may be set meanwhile.
  bestRoundTrip = Math.min(bestRoundTrip * 1.2, 60_000)
  if (roundTrip > bestRoundTrip) return
  bestRoundTrip = roundTrip
  // Below a second the header cannot tell.
  setOffset(Math.round(server + 500 - (sentAt + roundTrip / 2)))
}

function setOffset(next: number): void {
  const before = offset
  offset = Math.abs(next) < 1000 ? 0 : next
  if (Math.abs(offset - before) >= 1000) remember('clockOffset', String(offset))
}

/** Takes the server's clock from a message that says it, to the millisecond but for the way it took. */
export function setServerNow(now: number | undefined): void {
  if (now === undefined) return
  setOffset(now - Date.now())
}

/** The server's time now, Unix milliseconds. */
export function serverNow(): number {
  return Date.now() + offset
}

const tickers = new Map<number, { now: Ref<number>; users: number; timer: ReturnType<typeof setInterval> }>()

/** The server's time as a ref that moves every `everyMs`; one timer serves all users of the same pace. */
export function useNow(everyMs = 1000): Ref<number> {
  let ticker = tickers.get(everyMs)
  if (!ticker) {
    const now = ref(serverNow())
    ticker = { now, users: 0, timer: setInterval(() => (now.value = serverNow()), everyMs) }
    tickers.set(everyMs, ticker)
  }
  ticker.users++
  const held = ticker
  onScopeDispose(() => {
    held.users--
    if (held.users > 0) return
    clearInterval(held.timer)
    tickers.delete(everyMs)
  })
  return ticker.now
}
