import type { Page, Request } from '@playwright/test'

const asking = new WeakMap<Page, Set<Request>>()

/** Watches what a page asks the server for; call it before the page is opened. */
export function watchAsking(page: Page): void {
  const open = new Set<Request>()
  asking.set(page, open)
  const counts = (url: string) => url.includes('/api/v1/') && !url.includes('/api/v1/live')
  page.on('request', (request) => counts(request.url()) && open.add(request))
  // A page that sees the status of a refusal need not read the rest of it.
  page.on('response', (response) => open.delete(response.request()))
  page.on('requestfailed', (request) => open.delete(request))
}

/** Waits until the page has all it asked for and shows nothing as loading, for a while without a break. */
export async function settled(page: Page): Promise<void> {
  const open = asking.get(page)
  if (!open) throw new Error('the page is not watched')
  let calm = 0
  for (let i = 0; i < 300 && calm < 3; i++) {
    const busy = await page.evaluate(
      () =>
        new Promise<boolean>((resolve) =>
          requestAnimationFrame(() => setTimeout(() => resolve(document.querySelector('[aria-busy="true"]') !== null || document.querySelector('#app')?.childElementCount === 0), 40)),
        ),
    )
    calm = busy || open.size > 0 ? 0 : calm + 1
  }
  if (calm === 3) return
  const asked = [...open].map((request) => request.url()).join(', ')
  throw new Error(`${page.url()} does not come to rest${asked ? `: it waits for ${asked}` : ''}`)
}
