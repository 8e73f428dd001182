/// <reference lib="webworker" />
/*
 * Keeps the engineer's page openable without signal. It holds no data of the hospital:
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
})(self as unknown as ServiceWorkerGlobalScope)
