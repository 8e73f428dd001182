import type { Locator, Page } from '@playwright/test'
import type { Hospital } from '../people/hospital'
import { expect, test } from '../people/journey'
import type { Order } from '../people/shapes'

/** An order that only this journey's board shows: its words stand nowhere else. */
async function waiting(hospital: Hospital, mark: string): Promise<Order> {
  const thing = await hospital.newAsset('nurse', { class: 'mobile', name: '护理平板' })
  return hospital.reported('HW07', thing, `屏幕裂了 ${mark}`)
}

const cardOf = (desk: Page, order: Order) => desk.locator(`[data-card="${order.id}"]`)

async function middle(of: Locator): Promise<{ x: number; y: number }> {
  await of.scrollIntoViewIfNeeded()
  const box = (await of.boundingBox())!
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 }
}

test('a card is dragged onto a person, and the drop is undone', async ({ hospital, visit }) => {
  const mark = hospital.mark()
  const order = await waiting(hospital, mark)
  const { id: engineer, name } = await hospital.me('engineer')
  const desk = await visit({ as: 'dispatcher', on: 'desk', at: `/desk/board?text=${mark}` })
  const card = cardOf(desk, order)
  await card.click()
  const person = desk.locator(`.candidate[data-person="${engineer}"]`)
  await expect(person).toBeVisible()

  const from = await middle(card)
  await desk.mouse.move(from.x, from.y)
  await desk.mouse.down()
  const to = await middle(person)
  await desk.mouse.move(to.x, to.y, { steps: 12 })
  await expect(person).toHaveClass(/drop-aim/)
  await desk.mouse.up()

  await expect.poll(async () => (await hospital.order(order.id)).assigneeId).toBe(engineer)
  await expect(card).toContainText(name)
  await desk.getByRole('button', { name: '撤销', exact: true }).click()
  await expect.poll(async () => (await hospital.order(order.id)).status).toBe(order.status)
  const now = await hospital.order(order.id)
  expect(now.assigneeId ?? '').toBe('')
  expect((await hospital.timeline(order.id)).map((event) => event.kind)).toEqual(expect.arrayContaining(['dispatch', 'undo']))
  await expect(card).not.toContainText(name)
})

test('a finger that rests carries a card too', async ({ hospital, visit }) => {
  const mark = hospital.mark()
  const order = await waiting(hospital, mark)
  const { id: engineer } = await hospital.me('engineer')
  const phone = await visit({ as: 'dispatcher', on: 'phone', at: `/desk/board?text=${mark}&kiosk=1` })
  const card = cardOf(phone, order)
  await card.tap()
  const person = phone.locator(`.candidate[data-person="${engineer}"]`)
  await expect(person).toBeVisible()
  await person.scrollIntoViewIfNeeded()
  const to = (await person.boundingBox())!
  await card.evaluate((element) => element.scrollIntoView({ block: 'center' }))
  const from = (await card.boundingBox())!
  const touch = await phone.context().newCDPSession(phone)
  const at = (x: number, y: number) => [{ x: Math.round(x), y: Math.round(y) }]
  await touch.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: at(from.x + 40, from.y + 20) })
  await expect(phone.locator('.ghost')).toBeVisible()
  for (let step = 1; step <= 8; step++) {
    const x = from.x + 40 + ((to.x + 60 - from.x - 40) * step) / 8
    const y = from.y + 20 + ((to.y + to.height / 2 - from.y - 20) * step) / 8
    await touch.send('Input.dispatchTouchEvent', { type: 'touchMove', touchPoints: at(x, y) })
  }
  await touch.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] })
  await expect.poll(async () => (await hospital.order(order.id)).assigneeId).toBe(engineer)
})

test('an order is given and taken back by keys alone', async ({ hospital, visit }) => {
  const mark = hospital.mark()
  const order = await waiting(hospital, mark)
  const desk = await visit({ as: 'dispatcher', on: 'desk', at: `/desk/board?text=${mark}` })
  await expect(cardOf(desk, order)).toBeVisible()
  await desk.keyboard.press('j')
  await expect(cardOf(desk, order)).toHaveAttribute('aria-pressed', 'true')
  await desk.keyboard.press('a')
  const first = desk.locator('.candidate').first()
  await expect(first).toBeFocused()
  await desk.keyboard.press('ArrowDown')
  const second = desk.locator('.candidate').nth(1)
  await expect(second).toBeFocused()
  const person = await second.getAttribute('data-person')
  await desk.keyboard.press('Enter')
  await expect.poll(async () => (await hospital.order(order.id)).assigneeId).toBe(person)
  await desk.keyboard.press('u')
  await expect.poll(async () => (await hospital.order(order.id)).assigneeId ?? '').toBe('')
})

test('what changes is on the board by itself, and does not move under the pointer', async ({ hospital, visit }) => {
  const mark = hospital.mark()
  const first = await waiting(hospital, mark)
  const desk = await visit({ as: 'dispatcher', on: 'desk', at: `/desk/board?text=${mark}` })
  await expect(cardOf(desk, first)).toBeVisible()
  const began = Date.now()
  const second = await waiting(hospital, mark)
  const stored = Date.now()
  await expect(cardOf(desk, second)).toBeVisible()
  console.log(`on the board ${Date.now() - stored} ms after it was stored, ${Date.now() - began} ms after it was begun (${hospital.engine})`)
  await expect(desk.locator('.list-head')).toContainText('共 2 张')

  await cardOf(desk, first).hover()
  await hospital.given(first, 'engineer')
  // What has gone stands where it stood until the pointer leaves, and in its new column already.
  await expect(cardOf(desk, first).first()).toContainText('已移走')
  await expect(cardOf(desk, second)).toBeVisible()
  await desk.locator('h1').hover()
  await expect(cardOf(desk, first)).toHaveCount(1)
  await expect(cardOf(desk, first)).toContainText((await hospital.me('engineer')).name)
})

test('a card that somebody else gave away meanwhile goes back, and says to whom', async ({ hospital, visit }) => {
  const mark = hospital.mark()
  const order = await waiting(hospital, mark)
  const other = await hospital.me('engineer2')
  const desk = await visit({ as: 'dispatcher', on: 'desk', at: `/desk/board?text=${mark}` })
  await cardOf(desk, order).click()
  const { id: engineer } = await hospital.me('engineer')
  let letGo = () => {}
  const gone = new Promise<void>((resolve) => (letGo = resolve))
  await desk.route('**/api/v1/orders/*/dispatch', async (route) => {
    await gone
    await route.continue()
  })
  await desk.locator(`.candidate[data-person="${engineer}"]`).click()
  await hospital.given(order, 'engineer2')
  letGo()
  await expect(desk.getByRole('status').filter({ hasText: other.name }).first()).toBeVisible()
  await expect(cardOf(desk, order)).toContainText(other.name)
  expect((await hospital.order(order.id)).assigneeId).toBe(other.id)
})

test('view and filters stand in the address and outlast a reload', async ({ hospital, visit }) => {
  const mark = hospital.mark()
  const order = await waiting(hospital, mark)
  const desk = await visit({ as: 'dispatcher', on: 'desk', at: `/desk/board?text=${mark}` })
  await expect(cardOf(desk, order)).toBeVisible()
  await desk.keyboard.press('2')
  await desk.getByRole('button', { name: /无人负责/ }).first().click()
  await expect(desk).toHaveURL(/view=team/)
  await expect(desk).toHaveURL(/nobody=1/)
  await expect(desk).toHaveURL(new RegExp(`text=${mark}`))
  await desk.reload()
  await expect(desk.getByRole('button', { name: '按班组' })).toHaveAttribute('aria-pressed', 'true')
  await expect(desk.getByRole('button', { name: /无人负责/ }).first()).toHaveAttribute('aria-pressed', 'true')
  await expect(cardOf(desk, order)).toBeVisible()
  await hospital.given(order, 'engineer')
  await expect(cardOf(desk, order)).toHaveCount(0)
})

test('the floor plan shows where the order is, and gives it from there', async ({ hospital, visit }) => {
  const mark = hospital.mark()
  const order = await waiting(hospital, mark)
  const room = order.placeName!.split('/').at(-1)!
  const desk = await visit({ as: 'dispatcher', on: 'desk', at: `/desk/board?view=floor&text=${mark}` })
  const cell = desk.getByRole('button', { name: new RegExp(`${room} · 1 · `) })
  await cell.click()
  await expect(cardOf(desk, order)).toBeVisible()
  await cardOf(desk, order).click()
  const { id: engineer } = await hospital.me('engineer')
  await desk.locator(`.candidate[data-person="${engineer}"]`).click()
  await expect.poll(async () => (await hospital.order(order.id)).assigneeId).toBe(engineer)
})

test('on the wall the board stands alone in large figures', async ({ visit }, info) => {
  const wall = await visit({ as: 'dispatcher', on: 'wall', at: '/desk/board?kiosk=1&view=team' })
  const figure = wall.locator('.figure.overdue .figure-n')
  await expect(figure).toBeVisible()
  await expect(wall.locator('.shell > .side')).toBeHidden()
  const size = await figure.evaluate((element) => parseFloat(getComputedStyle(element).fontSize))
  expect(size).toBeGreaterThanOrEqual(100) // 4.5 mm on the wall for each metre it is read from, and more
  await expect(wall.locator('.figure.overdue .icon')).toBeVisible()
  await expect(wall.locator('.figure.overdue')).toContainText('超时')
  await info.attach('kiosk', { body: await wall.screenshot(), contentType: 'image/png' })
  await wall.keyboard.press('Escape')
  await expect(wall.locator('.shell > .side')).toBeVisible()
})
