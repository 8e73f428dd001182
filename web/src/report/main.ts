import { createApp } from 'vue'
import '@/theme/tokens.css'
import '@/theme/kit.css'
import '@/theme/phone.css'
import { startI18n } from '@/i18n/i18n'
import { startTheme } from '@/theme/theme'
import shared from '@/i18n/locales/zh-CN.json'
import orders from '@/orders/locales/zh-CN.json'
import scan from '@/scan/locales/zh-CN.json'
import catalog from '@/catalog/locales/zh-CN.json'
import places from '@/places/locales/zh-CN.json'
import push from '@/push/locales/zh-CN.json'
import offline from '@/offline/locales/zh-CN.json'
import own from './locales/zh-CN.json'
import App from './App.vue'
import { router } from './router'

startTheme()
void startI18n({
  zh: [shared, orders, scan, catalog, places, push, offline, own],
  en: () =>
    Promise.all([
      import('@/i18n/locales/en.json'),
      import('@/orders/locales/en.json'),
      import('@/scan/locales/en.json'),
      import('@/catalog/locales/en.json'),
      import('@/places/locales/en.json'),
      import('@/push/locales/en.json'),
      import('@/offline/locales/en.json'),
      import('./locales/en.json'),
    ]),
}).then(() => createApp(App).use(router).mount('#app'))
