import { expect, test } from '../people/journey'
import { counting } from '../people/spent'
import type { Listed, Order, Place } from '../people/shapes'

test('from the scan to the report is two taps and no typing', async ({ hospital, visit }) => {
  const thing = await hospital.newAsset('nurse', { class: 'printer', name: '激光打印机' })
  const nurse = await visit({ as: 'nurse', on: 'phone', at: 'about:blank' })
  const spent = await counting(nurse)

  await nurse.goto(`/m/s/${thing.code}`)
  await nurse.getByRole('button', { name: '卡纸' }).tap()
  await nurse.getByRole('button', { name: '提交报修' }).tap()
  await expect(nurse.getByText('已收到，正在受理')).toBeVisible()

  expect(spent.taps).toBeLessThanOrEqual(4)
  expect(spent.keys).toBe(0)
  const { items } = await (await hospital.as('agent')).get<Listed<Order>>('/orders', { assetId: thing.asset.id })
  expect(items).toHaveLength(1)
  expect(items[0]).toMatchObject({ channel: 'scan', symptom: '卡纸', placeId: thing.asset.placeId, status: 'reported' })
  await expect(nurse.getByText(items[0]!.number).first()).toBeVisible()
})

test('choosing the place by hand and the fault by initials is enough where there is no label', async ({ hospital, visit }) => {
  const words = `屏幕有竖线 ${hospital.mark()}`
  const nurse = await visit({ as: 'nurse', on: 'phone', at: '/m/' })
  const { departmentId } = await hospital.me('nurse')
  const { items: places } = await (await hospital.as('nurse')).get<Listed<Place>>('/places', { departmentId, kind: 'room' })
  const station = places.find((one) => one.name.endsWith('护士站'))!

  await nurse.getByRole('link', { name: '选择地点报修' }).tap()
  await nurse.getByRole('searchbox', { name: '搜索房间' }).fill('xnkybqhsz')
  await nurse.getByRole('button', { name: station.fullName }).tap()
  await nurse.getByRole('searchbox', { name: '搜索故障' }).fill('hp')
  const choice = nurse.locator('.fault-item').filter({ hasText: '显示器' }).getByRole('button', { name: '黑屏' })
  await choice.tap()
  await nurse.getByText('补充照片、语音或说明').tap()
  await nurse.getByLabel('补充说明').fill(words)
  await nurse.getByRole('button', { name: '提交报修' }).tap()
  await expect(nurse.getByText('已收到，正在受理')).toBeVisible()

  const { items } = await (await hospital.as('agent')).get<Listed<Order>>('/orders', { text: words })
  expect(items).toHaveLength(1)
  expect(items[0]).toMatchObject({ channel: 'web', itemCode: 'HW02', symptom: '黑屏', words, departmentId, placeId: station.id })
})
