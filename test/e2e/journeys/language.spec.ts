import type { Page } from '@playwright/test'
import { expect, mark, test } from '../people/journey'

const ground = (page: Page) => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor)

test('language and look change on the phone without loading the page again, and are remembered', async ({ hospital, visit }) => {
  const thing = await hospital.newAsset('nurse', { class: 'mobile', name: '移动护理PDA' })
  const order = await hospital.reported('HW07', thing, '屏幕碎了')
  const phone = await visit({ as: 'nurse', on: 'phone', at: '/m/me' })
  const asLoaded = await mark(phone)
  const light = await ground(phone)

  await phone.getByRole('button', { name: 'English' }).tap()
  await expect(phone.getByRole('heading', { level: 1, name: 'Me' })).toBeVisible()
  expect(await phone.evaluate(() => document.documentElement.lang)).toBe('en')
  await phone.getByRole('button', { name: 'Dark' }).tap()
  await expect.poll(() => ground(phone)).not.toBe(light)
  const dark = await ground(phone)

  await phone.getByRole('link', { name: 'My orders' }).tap()
  const card = phone.getByRole('link').filter({ hasText: order.number })
  await expect(card).toContainText((await hospital.order(order.id)).itemNameEn)
  await expect(card).toContainText('To take in')
  expect(await asLoaded.stillThere()).toBe(true)

  await phone.reload()
  await expect(card).toContainText('To take in')
  expect(await ground(phone)).toBe(dark)
  const refused = await phone.evaluate(async () => (await fetch('/api/v1/orders/none', { headers: { 'Accept-Language': document.documentElement.lang } })).json() as Promise<{ title: string }>)
  expect(refused.title).toMatch(/^[\x20-\x7e]+$/)
})

test('language and look change at the desk without loading the page again', async ({ hospital, visit }) => {
  const thing = await hospital.newAsset('nurse', { class: 'mobile', name: '移动护理PDA' })
  const order = await hospital.reported('HW07', thing, '屏幕碎了')
  const desk = await visit({ as: 'agent', on: 'desk', at: `/desk/orders/${order.id}` })
  await expect(desk.getByRole('heading', { level: 1 })).toContainText(order.itemName)
  const asLoaded = await mark(desk)
  const light = await ground(desk)
  const { name } = await hospital.me('agent')

  await desk.getByRole('button', { name }).click()
  await desk.getByRole('button', { name: 'English' }).click()
  await expect(desk.getByRole('heading', { level: 1 })).toContainText(order.itemNameEn)
  await expect(desk.getByRole('button', { name: /^Take in/ })).toBeVisible()
  await desk.getByRole('button', { name: 'Dark' }).click()
  await expect.poll(() => ground(desk)).not.toBe(light)
  await desk.getByRole('button', { name: '中文' }).click()
  await expect(desk.getByRole('button', { name: /^受理/ })).toBeVisible()
  expect(await asLoaded.stillThere()).toBe(true)
  expect(await hospital.order(order.id)).toMatchObject({ status: 'reported', version: order.version }) // looking changes nothing
})
