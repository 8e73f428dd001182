/// <reference lib="webworker" />
/*
 * The part of a service worker that shows pushed news and leads to its page. It holds no data of the hospital:
 * a push names a number and a place, never a person.
 */
void (function receive(sw: ServiceWorkerGlobalScope) {
  interface News {
    title?: string
    body?: string
    /** Path of the page it leads to. */
    url?: string
    /** News of one thing replace each other. */
    tag?: string
  }

  const scope = new URL(sw.registration.scope).pathname

  function read(event: PushEvent): News {
    try {
      return (event.data?.json() as News) ?? {}
    } catch {
      return {}
    }
  }

  sw.addEventListener('push', (event) => {
    const news = read(event)
    if (!news.title) return
    event.waitUntil(
      sw.registration.showNotification(news.title, {
        body: news.body,
        tag: news.tag,
        icon: `${scope}icon.png`,
        data: { url: news.url ?? scope },
      }),
    )
  })

  sw.addEventListener('notificationclick', (event) => {
    event.notification.close()
    const target = new URL(String((event.notification.data as { url?: string } | null)?.url ?? scope), sw.location.origin)
    // A push may only lead to our own pages.
    const url = target.origin === sw.location.origin ? target.href : scope
    event.waitUntil(
      (async () => {
        const windows = await sw.clients.matchAll({ type: 'window', includeUncontrolled: true })
        const open = windows.find((window) => new URL(window.url).pathname.startsWith(scope))
        if (!open) return sw.clients.openWindow(url)
        await open.focus()
        // A page this worker does not control cannot be led elsewhere.
        return open.navigate(url).catch(() => sw.clients.openWindow(url))
      })(),
    )
  })
})(self as unknown as ServiceWorkerGlobalScope)
