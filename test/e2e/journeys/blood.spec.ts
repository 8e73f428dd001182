import type { Locator, Page } from '@playwright/test'
import { expect, test } from '../people/journey'
import type { Listed, Order, Person, Place } from '../people/shapes'

interface Sheet {
  step: string
  handovers: { end: string; secondName?: string; signed: boolean }[]
}

/** Draws something on the pad. */
async function sign(page: Page, pad: Locator): Promise<void> {
  await pad.scrollIntoViewIfNeeded()
  const box = (await pad.boundingBox())!
  await page.mouse.move(box.x + 20, box.y + 20)
  await page.mouse.down()
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2, { steps: 4 })
  await page.mouse.move(box.x + box.width - 20, box.y + 30, { steps: 4 })
  await page.mouse.up()
}

test('blood is picked up and delivered only with the second signature', async ({ hospital, visit }) => {
  const nurse = await hospital.as('nurse')
  const nurseIs = (await hospital.me('nurse')) as Person & { staffNo: string; name: string; departmentId: string }
  const { items: rooms } = await nurse.get<Listed<Place>>('/places', { kind: 'room', limit: 2 })
  const { items: own } = await nurse.get<Listed<Place>>('/places', { kind: 'room', departmentId: nurseIs.departmentId, limit: 1 })
  const item = await hospital.item('TS03')
  const made = await nurse.post<{ order: Order }>('/transport/orders', {
    itemId: item.id,
    placeId: rooms.find((room) => room.id !== own[0]!.id)!.id,
    toId: own[0]!.id,
    departmentId: nurseIs.departmentId,
    form: { bloodOrderNo: `XK${hospital.mark()}` },
  })
  const order = await hospital.given(made.order, 'porter')
  await (await hospital.as('porter')).post(`/orders/${order.id}/accept`)
  const sheet = async () => (await hospital.as('agent')).get<Sheet>(`/orders/${order.id}/transport`)

  const phone = await visit({ as: 'porter', on: 'phone', at: '/m/work/' })
  await phone.getByRole('article').filter({ hasText: order.number }).getByRole('link', { name: '取送交接' }).tap()
  const step = async (button: string) => {
    await phone.getByRole('button', { name: button, exact: true }).tap()
  }

  await test.step('alone it is refused, on the phone and by the server', async () => {
    await step('取走')
    await expect(phone.getByRole('alert').first()).toBeVisible()
    const porter = await hospital.as('porter')
    const refused = await porter.ask('POST', `/orders/${order.id}/transport/pick-up`, {})
    expect(refused.status).toBe(422)
    expect((await sheet()).step).toBe('waiting')
  })

  await test.step('so is a number that is not of the name', async () => {
    await phone.getByLabel('工号').fill(nurseIs.staffNo)
    await phone.getByLabel('姓名').fill('某某')
    await sign(phone, phone.locator('.second-person canvas'))
    await step('取走')
    await expect(phone.getByRole('alert').filter({ hasText: '工号与姓名不符' }).first()).toBeVisible()
    expect((await sheet()).step).toBe('waiting')
  })

  await test.step('with both it is picked up', async () => {
    await phone.getByLabel('姓名').fill(nurseIs.name)
    await step('取走')
    await expect.poll(async () => (await sheet()).step).toBe('carried')
    await expect(phone.getByRole('button', { name: '送达并完工' })).toBeVisible()
  })

  await test.step('and delivered', async () => {
    await phone.getByLabel('工号').fill(nurseIs.staffNo)
    await phone.getByLabel('姓名').fill(nurseIs.name)
    await sign(phone, phone.locator('.second-person canvas'))
    await step('送达并完工')
    await expect.poll(async () => (await hospital.order(order.id)).status).toBe('finished')
  })

  const { handovers } = await sheet()
  expect(handovers.map((hand) => [hand.end, hand.secondName, hand.signed])).toEqual([
    ['pick_up', nurseIs.name, true],
    ['deliver', nurseIs.name, true],
  ])
  const kinds = (await hospital.timeline(order.id)).map((event) => event.kind)
  expect(kinds.filter((kind) => ['accept', 'pick_up', 'deliver', 'finish'].includes(kind))).toEqual(['accept', 'pick_up', 'deliver', 'finish'])
})
