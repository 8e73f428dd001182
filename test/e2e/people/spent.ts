import type { Page } from '@playwright/test'

/** What somebody spends on a page. */
export interface Spent {
  taps: number
  keys: number
}

/** Counts every press of a finger or a button and every key from now on; call it before the page is opened. */
export async function counting(page: Page): Promise<Spent> {
  const spent: Spent = { taps: 0, keys: 0 }
  await page.exposeFunction('wardlineSpent', (what: keyof Spent) => {
    spent[what]++
  })
  await page.addInitScript(() => {
    const tell = (what: string) => void (window as unknown as { wardlineSpent(what: string): void }).wardlineSpent(what)
    window.addEventListener('pointerdown', () => tell('taps'), true)
    window.addEventListener('keydown', () => tell('keys'), true)
  })
  return spent
}
