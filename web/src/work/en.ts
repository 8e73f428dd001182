import { merge, type Messages } from '@/i18n/messages'
import shared from '@/i18n/locales/en.json'
import orders from '@/orders/locales/en.json'
import scan from '@/scan/locales/en.json'
import catalog from '@/catalog/locales/en.json'
import places from '@/places/locales/en.json'
import push from '@/push/locales/en.json'
import offline from '@/offline/locales/en.json'
import inbox from '@/inbox/locales/en.json'
import transport from '@/transport/locales/en.json'
import own from './locales/en.json'

export default [shared, orders, scan, catalog, places, push, offline, inbox, transport, own].reduce<Messages>(merge, {})
