import type { Locator } from '@playwright/test'
import { expect, test } from '../people/journey'
import type { Extension, Listed, Order, Place } from '../people/shapes'
import { counting } from '../people/spent'
import { ChineseKeyboard } from '../people/typing'

/** Goes on by Tab to a field. */
async function tabTo(field: Locator, keys: ChineseKeyboard): Promise<void> {
  for (let i = 0; i < 12; i++) {
    if (await field.evaluate((element) => element === document.activeElement)) return
    await keys.press('Tab')
  }
  throw new Error(`Tab does not lead to ${field}`)
}

test('the agent takes an order in and dispatches it by the keyboard alone', async ({ hospital, visit }) => {
  const agent = await hospital.as('agent')
  const caller = await hospital.me('nurse')
  const { items: extensions } = await agent.get<Listed<Extension>>('/extensions', { departmentId: caller.departmentId, limit: 1 })
  const extension = extensions[0]!
  const place = await agent.get<Place>(`/places/${extension.placeId}`)
  const words = `打印机卡纸了 ${hospital.mark()}`

  const desk = await visit({ as: 'agent', on: 'desk', at: 'about:blank' })
  const spent = await counting(desk)
  await desk.goto('/desk/')
  const keys = await ChineseKeyboard.at(desk)
  const number = desk.getByLabel('来电分机')
  const who = desk.getByRole('combobox', { name: '来电人' })
  const service = desk.getByRole('combobox', { name: '服务事项' })
  await expect(number).toBeFocused()

  await test.step('the number tells where, initials tell who', async () => {
    await keys.type(extension.number)
    await keys.press('Enter')
    await expect(desk.getByRole('status').filter({ hasText: place.name })).toBeVisible()
    await expect(who).toBeFocused()
    await keys.type('hj')
    await expect(desk.getByRole('option', { name: caller.name, selected: true })).toBeVisible()
    await keys.press('Enter')
    await expect(who).toHaveValue(caller.name)
  })

  await test.step('Enter belongs to the input method while a word is composed', async () => {
    await tabTo(service, keys)
    await keys.compose('dayinji')
    await keys.press('Enter')
    await expect(service).toBeFocused() // nothing was chosen, nothing sent
    await keys.commit('打印机')
    await expect(desk.getByRole('option', { selected: true })).toContainText('打印机')
    await keys.press('Control+a', 'Delete')
    await keys.type('kz')
    const wanted = desk.getByRole('option', { name: /打印机\(激光.*卡纸/ })
    await expect(wanted).toBeVisible()
    for (let i = 0; i < 12 && (await wanted.getAttribute('aria-selected')) !== 'true'; i++) await keys.press('ArrowDown')
    await keys.press('Enter')
    await expect(desk.getByRole('button', { name: '卡纸', pressed: true })).toBeVisible()
  })

  await test.step('the words are Chinese', async () => {
    await tabTo(desk.getByLabel('来电人原话'), keys)
    await keys.words('dayinjikazhile', words)
    await tabTo(desk.getByRole('combobox', { name: '故障灯' }), keys)
    await keys.type('4')
    await expect(desk.getByRole('option', { name: /红灯/, selected: true })).toBeVisible()
    await keys.press('Enter')
  })

  await test.step('Ctrl+Enter saves, Alt+1 gives it to the best candidate', async () => {
    await keys.press('Control+Enter')
    const candidates = desk.getByRole('dialog').locator('[data-person]')
    await expect(candidates.first()).toBeVisible()
    const best = await candidates.first().locator('strong').textContent()
    await keys.press('Alt+1')
    await expect(desk.getByRole('dialog')).toBeHidden()
    await expect(number).toBeFocused() // ready for the next call

    const { items } = await agent.get<Listed<Order>>('/orders', { text: words })
    expect(items).toHaveLength(1)
    expect(items[0]).toMatchObject({
      status: 'assigned',
      channel: 'phone',
      itemCode: 'HW03',
      symptom: '卡纸',
      words,
      contactName: caller.name,
      reporterId: caller.id,
      departmentId: caller.departmentId,
      placeId: extension.placeId,
      form: { faultLight: 'red' },
      assigneeName: best,
      creatorId: (await hospital.me('agent')).id,
    })
  })

  await test.step('the order is found again and a note is added', async () => {
    const { items } = await agent.get<Listed<Order>>('/orders', { text: words })
    const order = items[0]!
    await keys.press('Control+k')
    await keys.type(order.number)
    await expect(desk.getByRole('option', { name: new RegExp(order.number), selected: true })).toBeVisible()
    await keys.press('Enter')
    await expect(desk.getByRole('heading', { level: 1 })).toContainText(order.number)
    await keys.press('n')
    await expect(desk.getByRole('dialog').getByLabel('备注')).toBeFocused()
    await keys.words('huanqiangy', '患者较多，请优先')
    await keys.press('Control+Enter')
    await expect(desk.getByRole('dialog')).toBeHidden()
    expect((await hospital.timeline(order.id)).at(-1)).toMatchObject({ kind: 'note', facts: { note: '患者较多，请优先' } })
    await keys.press('?')
    await expect(desk.getByRole('dialog').getByText('派单', { exact: true })).toBeVisible()
    await keys.press('Escape')
    await expect(desk.getByRole('dialog')).toBeHidden()
  })

  expect(spent.taps).toBe(0)
  expect(spent.keys).toBeLessThan(120)
})

test('what was typed survives a reload', async ({ hospital, visit }) => {
  const words = `没写完的话 ${hospital.mark()}`
  const desk = await visit({ as: 'agent', on: 'desk', at: '/desk/' })
  await desk.getByLabel('来电人原话').fill(words)
  await desk.reload()
  await expect(desk.getByLabel('来电人原话')).toHaveValue(words)
  const { items } = await (await hospital.as('agent')).get<Listed<Order>>('/orders', { text: words })
  expect(items).toEqual([])
})
