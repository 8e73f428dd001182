import { createApp } from 'vue'
import '@/theme/tokens.css'
import '@/theme/kit.css'
import '@/theme/chips.css'
import './desk.css'
import { startI18n } from '@/i18n/i18n'
import { startTheme } from '@/theme/theme'
import shared from '@/i18n/locales/zh-CN.json'
import orders from '@/orders/locales/zh-CN.json'
import transport from '@/transport/locales/zh-CN.json'
import own from './locales/zh-CN.json'
import { startKeys } from './keys/keys'
import App from './App.vue'
import { router } from './router'

startTheme()
startKeys()
void startI18n({
  zh: [shared, orders, transport, own],
  en: () => Promise.all([import('@/i18n/locales/en.json'), import('@/orders/locales/en.json'), import('@/transport/locales/en.json'), import('./locales/en.json')]),
}).then(() => createApp(App).use(router).mount('#app'))
