import { createApp } from 'vue'
import '@/theme/tokens.css'
import '@/theme/kit.css'
import '@/theme/phone.css'
import { startI18n } from '@/i18n/i18n'
import { startOutbox } from '@/offline/outbox'
import { startTheme } from '@/theme/theme'
import App from './App.vue'
import { startInstalled } from './installed'
import { router } from './router'
import zh from './zh'

startTheme()
startOutbox()
startInstalled()
void startI18n({ zh: [zh], en: async () => [await import('./en')] }).then(() => createApp(App).use(router).mount('#app'))
