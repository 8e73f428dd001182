const prefix = 'wardline.'

/**
 * Keeps a small text on this device. A web view may refuse storage (private mode, full disk);
 * what is kept here is a convenience only, so a refusal is not an error.
 */
export function remember(name: string, value: string | null): void {
  try {
    if (value === null) localStorage.removeItem(prefix + name)
    else localStorage.setItem(prefix + name, value)
  } catch {
    return
  }
}

/** What was kept under the name, or null. */
export function recall(name: string): string | null {
  try {
    return localStorage.getItem(prefix + name)
  } catch {
    return null
  }
}
