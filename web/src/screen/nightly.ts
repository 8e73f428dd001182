const dayMs = 86_400_000
const checkMs = 60_000

/** The next 03:30 of the device's day that is more than a minute away, Unix milliseconds. */
export function nextReload(now: number): number {
  const at = new Date(now)
  at.setHours(3, 30, 0, 0)
  while (at.getTime() <= now + checkMs) at.setTime(at.getTime() + dayMs)
  return at.getTime()
}

/**
 * Loads the page anew in the quietest hour, so that a screen that is never touched takes up a new version. It
 * waits for a moment when the server answers: else the browser's own error page would stay for good.
 * Returns how to stop it.
 */
export function reloadNightly(answering: () => boolean, reload = () => location.reload()): () => void {
  const due = nextReload(Date.now())
  const timer = setInterval(() => {
    if (Date.now() >= due && answering()) reload()
  }, checkMs)
  return () => clearInterval(timer)
}
