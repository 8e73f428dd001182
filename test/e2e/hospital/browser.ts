import { fileURLToPath } from 'node:url'
import type { PlaywrightTestConfig } from '@playwright/test'

/** Where runs leave what is to be looked at; git does not know it. */
export const buildFolder = fileURLToPath(new URL('../../../build/e2e', import.meta.url))

/** The browser of the system, as somebody in the hospital's time zone uses it. */
export const browserUse: PlaywrightTestConfig['use'] = {
  locale: 'zh-CN',
  timezoneId: 'Asia/Shanghai',
  contextOptions: { reducedMotion: 'reduce' },
  launchOptions: {
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: [
      '--headless=new',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  },
}
