import { expect, test } from '../people/journey'
import type { Listed, Order, Place } from '../people/shapes'

/** The event of a guided attempt, as far as this journey looks. */
interface Guided {
  kind: string
  at: number
  facts: { guide?: { outcome: string; steps: { key: string; outcome: string }[] }; why?: { mode: string; nameZh: string } }
}

test('a red cross is read from the words, guided by the script and solved', async ({ hospital, visit }) => {
  const agent = await hospital.as('agent')
  const ward = await inWard(agent)
  const words = `电脑右下角网络红叉上不了网 ${hospital.mark()}`
  const desk = await visit({ as: 'agent', on: 'desk', at: '/desk/' })

  await test.step('the words fill in the item, and say why', async () => {
    await desk.getByRole('combobox', { name: '地点', exact: true }).fill(ward.name)
    await desk.getByRole('listbox').getByRole('option').first().click()
    await desk.getByLabel('来电人原话').fill(words)
    const heard = desk.locator('.suggest')
    await expect(heard.getByRole('button', { pressed: true })).toContainText('NET01')
    await expect(heard).toContainText('已自动填入')
    await expect(heard.locator('mark').first()).toBeVisible()
    await expect(desk.getByRole('combobox', { name: '服务事项' })).toHaveValue(/单点断网/)
  })

  await test.step('the order is remote, and says by which rule', async () => {
    const replugged = desk.getByRole('combobox', { name: '是否重插' })
    await replugged.fill('否')
    await desk.getByRole('option', { name: /否/ }).first().click()
    await desk.getByLabel('保存后立即派单').uncheck()
    await desk.getByRole('button', { name: '保存', exact: false }).first().click()
    await expect(desk.getByText(/已受理/).first()).toBeVisible()
  })
  const { items } = await agent.get<Listed<Order>>('/orders', { text: words.split(' ')[1]! })
  expect(items).toHaveLength(1)
  const order = items[0]! as Order & { mode: string }
  expect(order.mode).toBe('remote')

  await test.step('the script is followed to the end', async () => {
    await desk.goto(`/desk/orders/${order.id}`)
    const guide = desk.locator('.guide')
    const steps = guide.getByRole('listitem')
    await expect(guide.getByRole('button', { name: '已解决,远程完工' })).toBeDisabled()
    await steps.nth(0).getByRole('button', { name: '不行' }).click()
    await steps.nth(1).getByRole('button', { name: '已做' }).click()
    await guide.getByRole('button', { name: '已解决,远程完工' }).click()
    await expect(desk.getByText('远程指导:已解决')).toBeVisible()
  })
  const done = await hospital.order(order.id)
  expect(done).toMatchObject({ status: 'finished', remoteSolved: true })
  const timeline = (await hospital.timeline(order.id)) as unknown as Guided[]
  expect(timeline.map((event) => event.kind)).toEqual(['report', 'guide', 'remote_solve'])
  expect(timeline[0]!.facts.why?.mode).toBe('remote')
  expect(timeline[1]!.facts.guide?.steps.map((step) => step.outcome)).toEqual(['failed', 'done'])
})

test('what guiding does not solve becomes a visit and stays one', async ({ hospital, visit }) => {
  const agent = await hospital.as('agent')
  const ward = await inWard(agent)
  const { id: itemId } = await hospital.item('NET01')
  const order = await agent.post<Order & { mode: string; finishDue: number }>('/orders', { itemId, placeId: ward.id, words: `红叉 ${hospital.mark()}`, channel: 'phone', form: { replugged: 'no' } })
  expect(order.mode).toBe('remote')
  const desk = await visit({ as: 'agent', on: 'desk', at: `/desk/orders/${order.id}` })
  const guide = desk.locator('.guide')
  await expect(guide.getByRole('listitem').first()).toBeVisible() // all() does not wait
  for (const step of await guide.getByRole('listitem').all()) await step.getByRole('button', { name: '不行' }).click()
  await guide.getByRole('button', { name: '没解决,转现场' }).click()
  await expect(desk.getByText('只能现场')).toBeVisible()
  await expect(guide).toBeHidden()
  await expect(desk.getByRole('toolbar', { name: '操作' }).getByRole('button', { name: /^远程解决/ })).toHaveCount(0)
  const now = (await hospital.order(order.id)) as Order & { mode: string; finishDue: number; onsiteOnly: boolean }
  expect(now).toMatchObject({ mode: 'onsite', onsiteOnly: true, finishDue: order.finishDue })
})

/** A room where nothing speaks against trying remotely. */
async function inWard(agent: { get<T>(path: string, query?: Record<string, unknown>): Promise<T> }): Promise<Place & { class: string }> {
  const { items } = await agent.get<Listed<Place & { class: string }>>('/places', { kind: 'room', limit: 200 })
  const wards = items.filter((place) => place.class === 'ward')
  return wards[Math.floor(Math.random() * wards.length)]!
}
