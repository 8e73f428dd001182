import { ref, shallowRef } from 'vue'

interface InstallPrompt extends Event {
  prompt(): Promise<unknown>
}

/** Set when a new build has been fetched and waits to be used. */
export const updateReady = ref(false)
/** Set while the browser offers to put the page on the home screen. */
export const installOffer = shallowRef<InstallPrompt | null>(null)

let waiting: ServiceWorker | null = null

function ready(worker: ServiceWorker): void {
  waiting = worker
  updateReady.value = true
}

/** Registers the service worker; without one (plain HTTP, some web views) everything else still works. */
export function startInstalled(): void {
  window.addEventListener('beforeinstallprompt', (event) => {
    event.preventDefault()
    installOffer.value = event as InstallPrompt
  })
  window.addEventListener('appinstalled', () => (installOffer.value = null))
  if (!('serviceWorker' in navigator)) return
  navigator.serviceWorker
    .register(`${import.meta.env.BASE_URL}sw.js`)
    .then((registration) => {
      if (registration.waiting) ready(registration.waiting)
      registration.addEventListener('updatefound', () => {
        const worker = registration.installing
        worker?.addEventListener('statechange', () => {
          // The very first installation is no update.
          if (worker.state === 'installed' && navigator.serviceWorker.controller) ready(worker)
        })
      })
    })
    .catch(() => undefined)
}

/** Uses the new build now. */
export function update(): void {
  navigator.serviceWorker.addEventListener('controllerchange', () => location.reload(), { once: true })
  waiting?.postMessage('update')
}

/** Puts the page on the home screen. */
export async function install(): Promise<void> {
  await installOffer.value?.prompt()
  installOffer.value = null
}
