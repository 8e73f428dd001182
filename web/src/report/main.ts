import { createApp } from 'vue'
import '@/theme/tokens.css'
import '@/theme/kit.css'
import '@/theme/phone.css'
import { startI18n } from '@/i18n/i18n'
import { startTheme } from '@/theme/theme'
import shared from '@/i18n/locales/zh-CN.json'
import catalog from '@/catalog/locales/zh-CN.json'
import own from './locales/zh-CN.json'
import App from './App.vue'
import { router } from './router'

startTheme()
void startI18n({
  zh: [shared, catalog, own],
  en: async () => [await import('./en')],
}).then(() => createApp(App).use(router).mount('#app'))
