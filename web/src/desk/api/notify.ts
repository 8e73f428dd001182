import { api, type Schemas } from '@/api/client'

/** A message as its person sees it. */
export type Message = Schemas['NotifyMessageView']
export type Preferences = Schemas['NotifyPreferencesView']
export type Choice = Schemas['NotifyChoice']
/** What became of a message on one channel. */
export type Delivery = Schemas['NotifyRecordView']
export type Template = Schemas['NotifyTemplateView']

export const listMessages = (unread: boolean, cursor = '', limit = 30) => api.get('/api/v1/messages', { query: { ...(unread ? { unread } : {}), cursor, limit } })
export const unreadMessages = async () => (await api.get('/api/v1/messages/unread')).count
export const readMessage = (id: string) => api.post('/api/v1/messages/{id}/read', { path: { id } })
/** Marks all as read up to the moment of the newest one shown. */
export const readAllMessages = (until: number) => api.post('/api/v1/messages/read-all', { body: { until } })

export const notifyPreferences = () => api.get('/api/v1/notify/preferences')
export const saveNotifyPreferences = (version: number, quiet: Preferences['quiet'], choices: Choice[]) => api.put('/api/v1/notify/preferences', { body: { version, quiet, choices } })

export const listDeliveries = (channel: string, state: string, cursor = '') =>
  api.get('/api/v1/notify/deliveries', { query: { everyone: true, channel: channel || undefined, state: (state || undefined) as Delivery['state'] | undefined, cursor, limit: 100 } })
export const repeatDelivery = (id: string) => api.post('/api/v1/notify/deliveries/{id}/again', { path: { id } })
export const testChannel = (channel: string) => api.post('/api/v1/notify/test', { body: { channel } })

export const listTemplates = async () => (await api.get('/api/v1/notify/templates')).items
/** Changes the wording of a message; without texts the built-in one is set back. */
export const saveTemplate = (code: string, version: number, texts?: Template['texts']) => api.put('/api/v1/notify/templates/{code}', { path: { code }, body: { version, texts } })
