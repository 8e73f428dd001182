import { api } from '@/api/client'

/** Whether this browser can be woken by the server: needs TLS and a service worker. */
export function canPush(): boolean {
  return 'serviceWorker' in navigator && 'PushManager' in window && 'Notification' in window
}

function keyBytes(key: string): Uint8Array<ArrayBuffer> {
  const text = atob(key.replaceAll('-', '+').replaceAll('_', '/'))
  return Uint8Array.from(text, (char) => char.charCodeAt(0))
}

/** This face's own worker; the one of another face may control the page too and does not count. */
async function registration(): Promise<ServiceWorkerRegistration | undefined> {
  const found = await navigator.serviceWorker.getRegistration(import.meta.env.BASE_URL)
  return found?.scope === new URL(import.meta.env.BASE_URL, location.origin).href ? found : undefined
}

/** Whether this device is subscribed. */
export async function isSubscribed(): Promise<boolean> {
  return (await (await registration())?.pushManager.getSubscription()) != null
}

/** Asks the user, subscribes this device and tells the server. False when the user or the browser refuses. */
export async function subscribe(): Promise<boolean> {
  if ((await Notification.requestPermission()) !== 'granted') return false
  await navigator.serviceWorker.register(`${import.meta.env.BASE_URL}sw.js`)
  const worker = await navigator.serviceWorker.ready
  const { publicKey } = await api.get('/api/v1/push/key')
  const subscription = await worker.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: keyBytes(publicKey) })
  const { endpoint, keys } = subscription.toJSON()
  await api.post('/api/v1/push/subscriptions', { body: { endpoint: endpoint!, keys: { p256dh: keys!.p256dh!, auth: keys!.auth! } } })
  return true
}

/** Ends the subscription of this device. */
export async function unsubscribe(): Promise<void> {
  const subscription = await (await registration())?.pushManager.getSubscription()
  if (!subscription) return
  await api.delete('/api/v1/push/subscriptions', { query: { endpoint: subscription.endpoint } })
  await subscription.unsubscribe()
}

/** Ends it at sign-out: the next user of this phone must not be told what was meant for this one. */
export async function unsubscribeQuietly(): Promise<void> {
  if (canPush()) await unsubscribe().catch(() => undefined)
}
