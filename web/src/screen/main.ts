import { createApp } from 'vue'
import '@/theme/tokens.css'
import './screen.css'
import { startI18n } from '@/i18n/i18n'
import shared from '@/i18n/locales/zh-CN.json'
import own from './locales/zh-CN.json'
import App from './App.vue'

const asked = new URLSearchParams(location.search)

void startI18n(
  {
    zh: [shared, own],
    en: () => Promise.all([import('@/i18n/locales/en.json'), import('./locales/en.json')]),
  },
  asked.get('lang'),
).then(() => createApp(App, { token: asked.get('token') ?? '' }).mount('#app'))
