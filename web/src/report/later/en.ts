import { merge, type Messages } from '@/i18n/messages'
import orders from '@/orders/locales/en.json'
import scan from '@/scan/locales/en.json'
import places from '@/places/locales/en.json'
import push from '@/push/locales/en.json'
import offline from '@/offline/locales/en.json'
import inbox from '@/inbox/locales/en.json'
import own from './en.json'

export default [orders, scan, places, push, offline, inbox, own].reduce<Messages>(merge, {})
