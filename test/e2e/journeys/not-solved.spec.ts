import { expect, mark, test } from '../people/journey'

test('what is not solved goes back to the same engineer and counts as rework', async ({ hospital, visit }) => {
  const thing = await hospital.newAsset('nurse', { class: 'mobile', name: '移动推车' })
  const reported = await hospital.reported('HW07', thing, '充不进电')
  await hospital.given(reported, 'engineer')
  const { number } = await hospital.worked(reported, 'engineer', '更换充电器')
  const engineerIs = await hospital.me('engineer')

  const [nurse, engineer] = await Promise.all([
    visit({ as: 'nurse', on: 'phone', at: '/m/' }),
    visit({ as: 'engineer', on: 'phone', at: '/m/work/' }),
  ])
  const phoneAsLoaded = await mark(engineer)
  await expect(engineer.getByRole('heading', { name: '我的工单' })).toBeVisible()

  await nurse.getByRole('link').filter({ hasText: number }).tap()
  await nurse.getByRole('button', { name: '没有解决' }).tap()
  const back = nurse.getByRole('button', { name: '退回继续处理' })
  await expect(back).toBeDisabled() // a reason is needed
  await nurse.getByLabel('还有什么问题').fill('换了充电器还是充不进')
  await back.tap()
  await expect(nurse.getByText(`已派给${engineerIs.name}，等待接单`)).toBeVisible()

  const order = await hospital.order(number)
  expect(order).toMatchObject({ status: 'assigned', assigneeId: engineerIs.id, reworks: 1 })
  expect(order.finishedAt).toBeUndefined()
  const last = (await hospital.timeline(number)).at(-1)!
  expect(last).toMatchObject({ kind: 'not_solved', facts: { reason: '换了充电器还是充不进' } })
  expect(order.clockStart).toBe(last.at) // its time begins anew

  const card = engineer.getByRole('article').filter({ hasText: number })
  await expect(card.getByText('待接单')).toBeVisible()
  expect(await phoneAsLoaded.stillThere()).toBe(true)
  await card.getByRole('button', { name: '接单' }).tap()
  await expect.poll(async () => (await hospital.order(number)).status).toBe('accepted')

  const desk = await visit({ as: 'agent', on: 'desk', at: `/desk/orders/${number}` })
  await expect(desk.getByText('返修 1 次')).toBeVisible()
})
