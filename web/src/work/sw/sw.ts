/// <reference lib="webworker" />
/*
 * Keeps the engineer's page openable without signal and receives web push. It holds no data of the hospital:
 * lists and actions are in the page's own database, because some phones run no service worker at all.
 */
/** Filled in by the build: what the page consists of, and a name for exactly that. */
declare const __VERSION__: string
declare const __FILES__: string[]

void (function run(sw: ServiceWorkerGlobalScope) {
  const cacheName = `work-${__VERSION__}`
  const files: string[] = __FILES__
  const scope = '/m/work/'

  sw.addEventListener('install', (event) => {
    // A new build takes effect when the page asks for it or all its tabs are closed, never under a half-done form.
    event.waitUntil(caches.open(cacheName).then((cache) => cache.addAll(files)))
  })

  sw.addEventListener('activate', (event) => {
    event.waitUntil(
      (async () => {
        const names = await caches.keys()
        await Promise.all(names.filter((name) => name.startsWith('work-') && name !== cacheName).map((name) => caches.delete(name)))
        await sw.clients.claim()
      })(),
    )
  })

  sw.addEventListener('message', (event) => {
    if (event.data === 'update') void sw.skipWaiting()
  })

  sw.addEventListener('fetch', (event) => {
    const url = new URL(event.request.url)
    if (event.request.method !== 'GET' || url.origin !== sw.location.origin || !url.pathname.startsWith(scope)) return
    // Every page of the face is the same document.
    const wanted = event.request.mode === 'navigate' ? scope : url.pathname
    if (!files.includes(wanted)) return
    event.respondWith(
      (async () => {
        const cache = await caches.open(cacheName)
        return (await cache.match(wanted)) ?? fetch(event.request)
      })(),
    )
  })

  interface PushText {
    title?: string
    body?: string
    url?: string
    tag?: string
  }

  function pushText(event: PushEvent): PushText {
    try {
      return (event.data?.json() as PushText) ?? {}
    } catch {
      return {}
    }
  }

  sw.addEventListener('push', (event) => {
    const text = pushText(event)
    if (!text.title) return
    event.waitUntil(
      sw.registration.showNotification(text.title, {
        body: text.body,
        tag: text.tag,
        icon: `${scope}icon-192.png`,
        badge: `${scope}icon-192.png`,
        data: { url: text.url ?? scope },
      }),
    )
  })

  sw.addEventListener('notificationclick', (event) => {
    event.notification.close()
    const target = new URL(String((event.notification.data as { url?: string } | null)?.url ?? scope), sw.location.origin)
    // A push message may only lead to our own pages.
    const url = target.origin === sw.location.origin ? target.href : scope
    event.waitUntil(
      (async () => {
        const windows = await sw.clients.matchAll({ type: 'window', includeUncontrolled: true })
        const open = windows.find((window) => new URL(window.url).pathname.startsWith(scope))
        if (!open) return sw.clients.openWindow(url)
        await open.focus()
        return open.navigate(url)
      })(),
    )
  })
})(self as unknown as ServiceWorkerGlobalScope)
