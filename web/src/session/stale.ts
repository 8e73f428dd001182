/**
 * After an upgrade of the server an open page asks for parts that no longer exist. Then the page is loaded anew,
 * once: a second failure means the line is down, and reloading would lose what is on the screen.
 */
export function reloadWhenStale(): void {
  const key = 'wardline.reloaded'
  window.addEventListener('vite:preloadError', () => {
    if (!navigator.onLine) return
    const last = Number(sessionStorage.getItem(key) ?? 0)
    if (Date.now() - last < 60_000) return
    sessionStorage.setItem(key, String(Date.now()))
    location.reload()
  })
}
