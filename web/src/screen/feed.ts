import { computed, onScopeDispose, ref, shallowRef } from 'vue'
import { api, type Schemas } from '@/api/client'
import { asProblem } from '@/api/problem'
import { serverNow, setServerNow, useNow } from '@/time/clock'

/** What a big screen shows: counts and orders, no person. */
export type ScreenData = Schemas['WorkorderScreenData']
export type ScreenOrder = Schemas['WorkorderScreenOrder']

const paceMs = 2_000
const longestMs = 30_000
const closedMs = 60_000
const answerMs = 10_000
/** Without news for so long, what stands on the screen is called stale. */
export const staleMs = 20_000

/**
 * How long to wait before asking again, in milliseconds: the usual pace while answers come, doubling with every
 * failure in a row up to half a minute, spread by a fifth so that a wall of screens does not return as one.
 */
export function pause(failures: number, chance = Math.random()): number {
  if (failures === 0) return paceMs
  return Math.round(Math.min(longestMs, paceMs * 2 ** Math.min(failures, 6)) * (0.8 + 0.4 * chance))
}

/** True when the server will not have this link: wrong, revoked or expired. */
export function refused(status: number): boolean {
  return status === 400 || status === 401 || status === 403 || status === 404 || status === 410 || status === 422
}

/**
 * Asks for the screen's data for as long as the component lives, and never gives up: after a failure more slowly,
 * at once when the network or the page comes back. A refused link is asked for once a minute, in case the server
 * only had no memory of it for a while.
 */
export function useFeed(token: string) {
  const data = shallowRef<ScreenData>()
  const closed = ref(token === '')
  const failures = ref(0)
  const heardAt = ref(serverNow())
  const now = useNow(1000)
  let timer: ReturnType<typeof setTimeout> | undefined
  let running: AbortController | undefined

  async function ask(): Promise<void> {
    clearTimeout(timer)
    running?.abort()
    const mine = (running = new AbortController())
    const limit = setTimeout(() => mine.abort(), answerMs)
    try {
      const fresh = await api.get('/api/v1/screen', { query: { token }, signal: mine.signal })
      if (mine !== running) return
      data.value = fresh
      closed.value = false
      failures.value = 0
      setServerNow(fresh.at)
      heardAt.value = fresh.at
    } catch (thrown) {
      if (mine !== running) return
      failures.value++
      closed.value = refused(asProblem(thrown).status)
    } finally {
      clearTimeout(limit)
      if (mine === running) timer = setTimeout(ask, closed.value ? closedMs : pause(failures.value))
    }
  }
  function wake(): void {
    if (document.visibilityState === 'visible' && failures.value > 0) void ask()
  }

  if (token !== '') {
    void ask()
    window.addEventListener('online', wake)
    document.addEventListener('visibilitychange', wake)
  }
  onScopeDispose(() => {
    clearTimeout(timer)
    running?.abort()
    running = undefined
    window.removeEventListener('online', wake)
    document.removeEventListener('visibilitychange', wake)
  })
  const stale = computed(() => now.value - heardAt.value >= staleMs)
  return { data, closed, failures, heardAt, stale }
}
