import type { Page } from '@playwright/test'
import { expect, test } from '../people/journey'

/** Holds back what a page sends to grab until it is let go; `sent` resolves when it has been sent. */
async function holdGrab(page: Page): Promise<{ sent: Promise<void>; letGo: () => void }> {
  let letGo = () => {}
  const gone = new Promise<void>((resolve) => (letGo = resolve))
  let tell = () => {}
  const sent = new Promise<void>((resolve) => (tell = resolve))
  await page.route('**/api/v1/orders/*/grab', async (route) => {
    tell()
    await gone
    await route.continue()
  })
  return { sent, letGo }
}

test('of two engineers who grab at once one gets the order and the other reads who', async ({ hospital, visit }) => {
  const thing = await hospital.newAsset('nurse', { class: 'mobile', name: '护理平板' })
  const order = await hospital.reported('HW07', thing, '屏幕裂了')
  const team = { teamId: order.teamId }
  await (await hospital.as('dispatcher')).post(`/orders/${order.id}/pool`, team)

  const logins = ['engineer', 'engineer2']
  const people = await Promise.all(logins.map((login) => hospital.me(login)))
  const phones = await Promise.all(logins.map((as) => visit({ as, on: 'phone', at: '/m/work/pool' })))
  const held = await Promise.all(phones.map(holdGrab))
  for (const [index, phone] of phones.entries()) {
    await phone.getByRole('article').filter({ hasText: order.number }).getByRole('button', { name: '抢单' }).tap()
    await held[index]!.sent
  }
  for (const one of held) one.letGo()

  await expect.poll(async () => (await hospital.order(order.id)).status).toBe('accepted')
  const { assigneeId } = await hospital.order(order.id)
  const winner = people.findIndex((one) => one.id === assigneeId)
  expect(winner).toBeGreaterThanOrEqual(0)
  const grabs = (await hospital.timeline(order.id)).filter((event) => event.kind === 'grab')
  expect(grabs.map((event) => event.actorId)).toEqual([assigneeId])

  await expect(phones[winner]!).toHaveURL(new RegExp(`/m/work/o/${order.id}$`))
  const loser = phones[1 - winner]!
  await expect(loser.getByRole('status').filter({ hasText: people[winner]!.name })).toBeVisible()
  await expect(loser.getByRole('article').filter({ hasText: order.number })).toHaveCount(0)
  expect(loser.url()).toContain('/m/work/pool')
})
