import type { Page } from '@playwright/test'
import { beginsAt, openRehearsal } from '../hospital/rehearsal'
import type { Engine } from '../hospital/engines'
import { Hospital } from './hospital'
import { expect, test as journey } from './journey'
import type { Event } from './shapes'

export { expect }

/** The hands of a rehearsal's clock; the clocks of the devices that look on follow them. */
export class Hands {
  now = Date.parse(beginsAt)
  private readonly pages: Page[] = []

  constructor(private readonly base: string) {}

  follow(page: Page): void {
    this.pages.push(page)
  }

  /** The moment `time` (hours, minutes, seconds in the hospital) so many days after the rehearsal began. */
  static moment(time: string, days = 0): number {
    return Date.parse(beginsAt.replace(/T[\d:]+/, `T${time}`)) + days * 24 * 3_600_000
  }

  /** Moves the clock forward to a time of the day. */
  async to(time: string, days = 0): Promise<number> {
    const at = Hands.moment(time, days)
    const response = await fetch(`${this.base}/rehearsal/clock`, { method: 'POST', body: JSON.stringify({ to: at }) })
    if (!response.ok) throw new Error(`the clock does not go to ${time}: ${await response.text()}`)
    this.now = at
    for (const page of this.pages) await page.clock.setFixedTime(at)
    return at
  }
}

/** A journey through a hospital of its own in which time stands still until it is moved. */
export const rehearsal = journey.extend<{ clock: Hands }>({
  hospital: async ({}, use, info) => {
    const house = await openRehearsal(info.project.metadata.engine as Engine, info.testId)
    try {
      await use(new Hospital(house))
    } finally {
      await house.close()
    }
  },
  clock: async ({ hospital }, use) => {
    await use(new Hands(hospital.base))
  },
  visit: async ({ visit, clock }, use) => {
    await use(async (wanted) => {
      const page = await visit({ now: clock.now, ...wanted })
      clock.follow(page)
      return page
    })
  },
})

/** A timeline as "08:00:05 dispatch", with the day before the time once it is another day. */
export function told(events: Event[]): string[] {
  return events.map((event) => {
    const at = new Date(event.at)
    const day = Math.floor((event.at - Hands.moment('00:00:00')) / (24 * 3_600_000))
    const time = at.toLocaleTimeString('en-GB', { timeZone: 'Asia/Shanghai' })
    const rest = at.getMilliseconds() ? `.${at.getMilliseconds()}` : ''
    return `${day ? `+${day} ` : ''}${time}${rest} ${event.kind}`
  })
}
