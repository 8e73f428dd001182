import { onScopeDispose } from 'vue'

/** Calls `then` every so often while the component lives and its page is seen: for what the live stream does not tell. */
export function useEvery(ms: number, then: () => void): void {
  const timer = setInterval(() => {
    if (document.visibilityState === 'visible') then()
  }, ms)
  onScopeDispose(() => clearInterval(timer))
}
