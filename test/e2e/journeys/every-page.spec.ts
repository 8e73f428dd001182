import type { Page } from '@playwright/test'
import { facePages, newSubjects, type FacePage } from '../people/faces'
import { expect, test } from '../people/journey'
import { settled } from '../people/settled'
import { hindrances } from '../things/axe'

/** Texts that are keys of the message catalogue: nobody has worded them. */
async function unworded(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const found = new Set<string>()
    const key = /^[a-z][A-Za-z]*(\.[A-Za-z0-9_]+)+$/
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
    while (walker.nextNode()) {
      const text = walker.currentNode.textContent?.trim() ?? ''
      // Names of events and jobs are shown as they are, in the type of a machine.
      if (key.test(text) && !walker.currentNode.parentElement?.closest('.mono, code, .job-kind')) found.add(text)
    }
    for (const element of document.querySelectorAll('[aria-label], [title]')) {
      for (const name of ['aria-label', 'title']) {
        const text = element.getAttribute(name) ?? ''
        if (key.test(text)) found.add(text)
      }
    }
    return [...found]
  })
}

/** What sticks out to the right, if anything does. */
const sideways = (page: Page) =>
  page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.scrollingElement!
    if (scrollWidth <= clientWidth) return ''
    const out = [...document.body.querySelectorAll('*')].filter((element) => element.getBoundingClientRect().right > clientWidth + 1)
    return `${scrollWidth - clientWidth} px: ${out.slice(-3).map((element) => `${element.tagName}.${element.getAttribute('class')} ${element.textContent?.trim().slice(0, 40)}`).join(' | ')}`
  })

/** What is wrong with a page, whatever it shows. */
async function faults(page: Page, wanted: FacePage): Promise<string[]> {
  const found: string[] = []
  if (new URL(page.url()).pathname !== new URL(wanted.at, page.url()).pathname) return [`leads to ${page.url()}`]
  if ((await page.getByRole('heading', { level: 1 }).count()) !== 1) found.push('has not one main heading')
  for (const text of await page.locator('[role=alert]').allTextContents()) if (text.trim() !== '') found.push(`says: ${text.trim()}`)
  found.push(...(await unworded(page)).map((text) => `shows the key ${text}`))
  found.push(...(await hindrances(page)))
  if (wanted.on !== 'phone') return found
  for (const type of ['normal', 'large']) {
    await page.evaluate((wanted) => (document.documentElement.dataset.type = wanted), type)
    const out = await sideways(page)
    if (out) found.push(`scrolls sideways in ${type} type by ${out}`)
  }
  return found
}

/** Every language is walked in one of the looks, so that both of both are seen. */
const walks = [
  { locale: 'zh-CN', theme: 'light' },
  { locale: 'en', theme: 'dark' },
] as const

for (const face of ['report', 'work', 'desk', 'screen'] as const) {
  for (const { locale, theme } of walks) {
    test(`every page of ${face} is worded and usable by everybody, in ${locale} and ${theme} @once`, async ({ hospital, visit }) => {
      test.setTimeout(600_000)
      const pages = facePages(await newSubjects(hospital))[face]
      const open = new Map<string, Page>()
      const found: string[] = []
      for (const wanted of pages) {
        const key = `${wanted.as} ${wanted.on}`
        const at = face === 'screen' ? `${wanted.at}&lang=${locale}` : wanted.at
        let page = open.get(key)
        if (!page) {
          page = await visit({ as: wanted.as, on: wanted.on, at, remembered: { 'wardline.locale': locale, 'wardline.theme': theme } })
          open.set(key, page)
        } else await page.goto(at)
        await settled(page)
        found.push(...(await faults(page, wanted)).map((fault) => `${wanted.name}: ${fault}`))
      }
      expect(found).toEqual([])
    })
  }
}
