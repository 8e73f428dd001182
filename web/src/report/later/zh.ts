import { merge, type Messages } from '@/i18n/messages'
import orders from '@/orders/locales/zh-CN.json'
import scan from '@/scan/locales/zh-CN.json'
import places from '@/places/locales/zh-CN.json'
import push from '@/push/locales/zh-CN.json'
import offline from '@/offline/locales/zh-CN.json'
import inbox from '@/inbox/locales/zh-CN.json'
import own from './zh-CN.json'

export default [orders, scan, places, push, offline, inbox, own].reduce<Messages>(merge, {})
