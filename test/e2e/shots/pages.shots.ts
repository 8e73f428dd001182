import type { Page } from '@playwright/test'
import { facePages } from '../people/faces'
import { test } from '../people/journey'
import { demoSubjects } from './subjects'
import { take, takeWhole } from './take'

/** Those that are looked at most, in every language and look. */
const main = ['report-home', 'report-scanned', 'report-track', 'work-mine', 'work-order', 'work-finish', 'desk-intake', 'desk-orders', 'desk-order', 'desk-board', 'desk-catalog-item', 'screen']

const looks = [
  { suffix: '', locale: 'zh-CN', theme: 'light', all: true },
  { suffix: '-dark', locale: 'zh-CN', theme: 'dark', all: false },
  { suffix: '-en', locale: 'en', theme: 'light', all: false },
] as const

for (const face of ['report', 'work', 'desk', 'screen'] as const) {
  for (const { suffix, locale, theme, all } of looks) {
    test(`${face}${suffix}`, async ({ hospital, visit }) => {
      const open = new Map<string, Page>()
      for (const wanted of facePages(await demoSubjects(hospital))[face].filter(({ name }) => all || main.includes(name))) {
        const key = `${wanted.as} ${wanted.on}`
        const at = face === 'screen' ? `${wanted.at}&lang=${locale}` : wanted.at
        let page = open.get(key)
        if (!page) {
          page = await visit({ as: wanted.as, on: wanted.on, at, remembered: { 'wardline.locale': locale, 'wardline.theme': theme } })
          open.set(key, page)
        } else await page.goto(at)
        await take(page, `${wanted.name}${suffix}`)
        const long = await page.evaluate(() => document.scrollingElement!.scrollHeight > document.scrollingElement!.clientHeight + 40)
        if (all && long) await takeWhole(page, `${wanted.name}-whole`)
      }
    })
  }
}
