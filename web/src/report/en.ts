import { merge, type Messages } from '@/i18n/messages'
import shared from '@/i18n/locales/en.json'
import catalog from '@/catalog/locales/en.json'
import own from './locales/en.json'

export default [shared, catalog, own].reduce<Messages>(merge, {})
