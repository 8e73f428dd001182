import { merge, type Messages } from '@/i18n/messages'
import shared from '@/i18n/locales/zh-CN.json'
import orders from '@/orders/locales/zh-CN.json'
import scan from '@/scan/locales/zh-CN.json'
import catalog from '@/catalog/locales/zh-CN.json'
import places from '@/places/locales/zh-CN.json'
import push from '@/push/locales/zh-CN.json'
import offline from '@/offline/locales/zh-CN.json'
import inbox from '@/inbox/locales/zh-CN.json'
import transport from '@/transport/locales/zh-CN.json'
import own from './locales/zh-CN.json'

export default [shared, orders, scan, catalog, places, push, offline, inbox, transport, own].reduce<Messages>(merge, {})
