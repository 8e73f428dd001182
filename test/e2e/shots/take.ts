import { fileURLToPath } from 'node:url'
import type { Page } from '@playwright/test'
import { settled } from '../people/settled'

/** Where the pictures land. */
export const folder = fileURLToPath(new URL('../../../build/shots', import.meta.url))

/** Takes a picture of what can be seen, once nothing is loading any more. */
export async function take(page: Page, name: string): Promise<void> {
  await settled(page)
  await page.evaluate(() => document.fonts.ready.then(() => undefined))
  await page.screenshot({ path: `${folder}/${name}.png`, animations: 'disabled', caret: 'hide' })
}

/** Takes the whole length of a page. */
export async function takeWhole(page: Page, name: string): Promise<void> {
  await settled(page)
  await page.screenshot({ path: `${folder}/${name}.png`, animations: 'disabled', caret: 'hide', fullPage: true })
}
