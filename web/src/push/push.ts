import { send } from '@/api/call'

/** Whether this browser can be woken by the server: needs TLS and a service worker. */
export function canPush(): boolean {
  return 'serviceWorker' in navigator && 'PushManager' in window && 'Notification' in window
}

function keyBytes(key: string): Uint8Array<ArrayBuffer> {
  const text = atob(key.replaceAll('-', '+').replaceAll('_', '/'))
  return Uint8Array.from(text, (char) => char.charCodeAt(0))
}

async function registration(): Promise<ServiceWorkerRegistration | undefined> {
  return navigator.serviceWorker.getRegistration(import.meta.env.BASE_URL)
}

/** Whether this device is subscribed. */
export async function isSubscribed(): Promise<boolean> {
  return (await (await registration())?.pushManager.getSubscription()) != null
}

/** Asks the user, subscribes this device and tells the server. False when the user or the browser refuses. */
export async function subscribe(): Promise<boolean> {
  if ((await Notification.requestPermission()) !== 'granted') return false
  const worker = await registration()
  if (!worker) return false
  const { publicKey } = (await send('GET', '/api/v1/push/key')) as { publicKey: string }
  const subscription = await worker.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: keyBytes(publicKey) })
  await send('POST', '/api/v1/push/subscriptions', subscription.toJSON())
  return true
}

/** Ends the subscription of this device. */
export async function unsubscribe(): Promise<void> {
  const subscription = await (await registration())?.pushManager.getSubscription()
  if (!subscription) return
  await send('DELETE', `/api/v1/push/subscriptions?endpoint=${encodeURIComponent(subscription.endpoint)}`)
  await subscription.unsubscribe()
}
