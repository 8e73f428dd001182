import { expect, test } from '../people/journey'
import type { Listed, Order, PublicOrder } from '../people/shapes'

test('a visitor reports without an account where the label allows it, and follows the order by its link', async ({ hospital, visit }) => {
  const { place: open, code } = await hospital.publicPlace()
  const words = `水龙头一直滴水 ${hospital.mark()}`

  const visitor = await visit({ on: 'phone', at: `/p/${code}` })
  await expect(visitor.getByText(open.fullName)).toBeVisible()
  await visitor.getByRole('searchbox', { name: '搜索故障' }).fill('滴水')
  const faults = visitor.locator('.fault-item')
  await expect(faults.filter({ hasText: '龙头' })).toBeVisible()
  await visitor.getByRole('button', { name: '滴水', exact: true }).tap()

  await visitor.getByRole('button', { name: '提交报修' }).tap()
  await expect(visitor.getByText('请留下联系电话')).toBeVisible() // nobody else could be asked
  expect((await (await hospital.as('agent')).get<Listed<Order>>('/orders', { text: words })).items).toHaveLength(0)
  await visitor.getByLabel('联系电话').fill('13800001234')
  await visitor.getByText('补充照片、语音或说明').tap()
  await visitor.getByLabel('补充说明').fill(words)
  await visitor.getByRole('button', { name: '提交报修' }).tap()
  await expect(visitor.getByText('已收到，单号')).toBeVisible()
  await expect(visitor.getByText('已通知班组，等待抢单')).toBeVisible() // such faults go to the team's pool at once

  const { items } = await (await hospital.as('agent')).get<Listed<Order>>('/orders', { text: words })
  expect(items).toHaveLength(1)
  const order = items[0]!
  expect(order).toMatchObject({ channel: 'public', placeId: open.id, itemCode: 'MW03', contactPhone: '13800001234', status: 'pooled' })
  expect(order.reporterId).toBeUndefined()

  const link = new URL(visitor.url())
  expect(link.pathname).toMatch(/^\/p\/t\//)
  const token = link.pathname.split('/').at(-1)!
  const relative = await visit({ on: 'phone', at: `/m/t/${token}` }) // passed on to another phone
  await expect(relative.getByText(order.number).first()).toBeVisible()
  await relative.getByRole('button', { name: '催单' }).tap()
  await expect(relative.getByText(/已催单/).first()).toBeVisible()
  expect(await hospital.order(order.id)).toMatchObject({ urges: 1 })
  const seen = await (await fetch(`${hospital.base}/api/v1/public/orders/${token}`)).json() as PublicOrder
  expect(JSON.stringify(seen)).not.toContain('13800001234') // the link may be passed on
})

test('a label of a ward asks a visitor to sign in, and a forged link tells nothing', async ({ hospital, visit }) => {
  const thing = await hospital.newAsset('nurse', { class: 'mobile', name: '移动护理PDA' })
  const visitor = await visit({ on: 'phone', at: `/m/s/${thing.code}` })
  await expect(visitor).toHaveURL(/\/m\/login\?to=/)

  const forged = await visit({ on: 'phone', at: `/m/t/${'a'.repeat(40)}` })
  await expect(forged.getByText('链接已失效')).toBeVisible()

  const tampered = `${thing.code.slice(0, -1)}${thing.code.endsWith('0') ? '1' : '0'}`
  const nurse = await visit({ as: 'nurse', on: 'phone', at: `/m/s/${tampered}` })
  await expect(nurse.getByRole('alert')).toContainText('没有找到')
})
