import type { Router } from 'vue-router'
import { onSignedOut } from '@/api/call'
import { problemWords } from '@/api/wording'
import { stopLive } from '@/live/live'
import { complain } from '@/ui/toast'
import { forgetMe, loadMe, me } from './session'
import { reloadWhenStale } from './stale'

/** Only a path of this face may follow a sign-in: an address from outside must not. */
export function safeTarget(to: unknown): string {
  return typeof to === 'string' && /^\/(?![/\\])/.test(to) ? to : '/'
}

/**
 * Sends whoever is not signed in to the sign-in page and back afterwards. Pages with `meta.open` need no account.
 * A session that ends under way keeps the page in the address, and what was typed is in the drafts.
 */
export function guard(router: Router): void {
  router.beforeEach(async (to) => {
    if (me.value === undefined) await loadMe()
    if (to.meta.open) return true
    const query = { to: to.fullPath }
    if (!me.value || me.value.stage === 'totp') return { path: '/login', query }
    if (me.value.stage === 'password' && to.path !== '/password') return { path: '/password', query }
    return true
  })
  reloadWhenStale()
  // A page whose parts could not be fetched: say so instead of doing nothing.
  router.onError((thrown) => complain(problemWords(thrown)))
  onSignedOut(() => {
    forgetMe()
    stopLive()
    const now = router.currentRoute.value
    if (!now.meta.open) void router.push({ path: '/login', query: { to: now.fullPath } })
  })
}
