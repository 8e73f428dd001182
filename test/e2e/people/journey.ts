import { test as bare, type BrowserContext, type Page } from '@playwright/test'
import { houseOn } from '../hospital/open'
import { Api } from './api'
import { Hospital } from './hospital'
import { watchAsking } from './settled'

export { expect } from '@playwright/test'

/** What somebody looks at. */
export type Device = 'phone' | 'desk' | 'wall'

const devices = {
  phone: { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true },
  desk: { viewport: { width: 1440, height: 900 } },
  wall: { viewport: { width: 1920, height: 1080 } },
} as const

export interface Visit {
  /** Who is signed in; nobody when absent. */
  as?: string
  /** Goes on where this sign-in left off, instead of signing in anew. */
  session?: Api
  on: Device
  at: string
  /** The moment at which the device's clock stands; it runs as usual when absent. */
  now?: number
  /** What is remembered on the device, as the pages keep it. */
  remembered?: Record<string, string>
}

interface Fixtures {
  hospital: Hospital
  /** Opens a browser of its own at a page. */
  visit: (visit: Visit) => Promise<Page>
  /** What the browsers complained of; a journey ends well only when that is nothing. */
  complaints: string[]
}

/** The browser's note of an answer with an error status is the journey's own matter. */
const notOurs = /^Failed to load resource/

function listen(page: Page, complaints: string[]): void {
  page.on('pageerror', (error) => complaints.push(`${page.url()}: ${error.stack ?? error.message}`))
  page.on('console', (message) => {
    if (message.type() === 'error' && !notOurs.test(message.text())) complaints.push(`${page.url()}: ${message.text()}`)
  })
}

export const test = bare.extend<Fixtures>({
  hospital: async ({}, use, info) => {
    await use(new Hospital(houseOn(String(info.project.metadata.engine))))
  },

  complaints: async ({}, use) => {
    await use([])
  },

  visit: async ({ browser, hospital, complaints }, use) => {
    const contexts: BrowserContext[] = []
    await use(async ({ as, session, on, at, now, remembered = {} }) => {
      const context = await browser.newContext({ ...devices[on], baseURL: hospital.base })
      contexts.push(context)
      if (now !== undefined) await context.clock.setFixedTime(now)
      const signedIn = session ?? (as ? await Api.signIn(hospital.base, as) : undefined)
      if (signedIn) {
        await context.addCookies([{ name: 'wardline', value: signedIn.session, url: hospital.base, httpOnly: true, sameSite: 'Lax' }])
      }
      if (Object.keys(remembered).length > 0) {
        await context.addInitScript((entries) => entries.forEach(([name, value]) => localStorage.setItem(name, value)), Object.entries(remembered))
      }
      const page = await context.newPage()
      listen(page, complaints)
      watchAsking(page)
      await page.goto(at)
      return page
    })
    for (const context of contexts) await context.close()
    if (complaints.length > 0) throw new Error(`the browser complained:\n${complaints.join('\n')}`)
  },
})

/** Marks the page as it is loaded now; `stillThere` tells whether it has been loaded again since. */
export async function mark(page: Page): Promise<{ stillThere(): Promise<boolean> }> {
  await page.evaluate(() => Object.assign(window, { wardlineMark: true }))
  return { stillThere: () => page.evaluate(() => 'wardlineMark' in window) }
}
