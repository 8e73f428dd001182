import { expect, test } from '../people/journey'
import { settled } from '../people/settled'
import type { Order } from '../people/shapes'
import { hindrances } from '../things/axe'
import { photo } from '../things/picture'

/** The task of a team on an order. */
const taskOf = (order: Order, team: string) => order.tasks!.find((task) => task.teamName === team)!

test('water on a monitor: three teams work on one order until it finishes by itself', async ({ hospital, visit }) => {
  test.slow() // four browsers
  const thing = await hospital.newAsset('nurse', { class: 'monitor', name: '监护仪' })
  const agent = await hospital.as('agent')
  const { id: itemId } = await hospital.item('MW01')
  const made = await agent.post<Order>('/orders', { itemId, placeId: thing.asset.placeId, assetId: thing.asset.id, words: '天花板滴水到监护仪上', channel: 'desk', form: { waterForce: 'drip', equipmentBelow: 'yes' } })
  const [desk, electrician, engineer] = await Promise.all([
    visit({ as: 'agent', on: 'desk', at: `/desk/orders/${made.id}` }),
    visit({ as: 'electrician', on: 'phone', at: '/m/work/' }),
    visit({ as: 'engineer', on: 'phone', at: '/m/work/' }),
  ])
  const panel = desk.locator('.tasks-panel')
  const power = taskOf(made, '电工班')
  const equipment = taskOf(made, '信息硬件组')
  const line = (team: string) => panel.getByRole('listitem').filter({ has: desk.locator('strong', { hasText: team }) })

  await test.step('the desk shows who is asked for what, and what waits for what', async () => {
    await expect(line('电工班')).toContainText('待领取')
    await expect(line('信息硬件组')).toContainText('等待 电工班')
    await expect(line('保洁部')).toContainText('等待前序')
    await settled(desk)
    expect(await hindrances(desk)).toEqual([])
  })

  await test.step('the electrician takes the task, arrives, and proves it with a photo', async () => {
    const card = electrician.locator(`[data-task="${power.id}"]`)
    await card.getByRole('button', { name: '领取任务' }).tap()
    await card.getByRole('button', { name: '到场', exact: true }).tap()
    await expect(line('电工班')).toContainText('处理中')
    await card.getByRole('link', { name: '完成任务' }).tap()
    await electrician.getByLabel('处理措施').fill('已切断该区域电源')
    await electrician.getByRole('button', { name: '完成任务' }).tap()
    await expect(electrician.getByRole('alert').first()).toBeVisible() // the template demands a photo
    const chooser = electrician.waitForEvent('filechooser')
    await electrician.getByText('拍照', { exact: true }).tap()
    await (await chooser).setFiles(photo())
    await expect(electrician.getByRole('img', { name: '照片 1' })).toBeVisible()
    await electrician.getByRole('button', { name: '完成任务' }).tap()
    await expect(electrician).toHaveURL(/\/m\/work\/$/)
    await expect(line('电工班')).toContainText('已完成')
  })

  await test.step('now the monitor can be seen to, and the floor', async () => {
    await expect(line('信息硬件组')).toContainText('待领取')
    await expect(line('保洁部')).toContainText('待领取')
    await expect(engineer.locator(`[data-task="${equipment.id}"]`)).toBeVisible()
  })

  await test.step('the engineer goes there without signal; it is told later, with its true times', async () => {
    const card = engineer.locator(`[data-task="${equipment.id}"]`)
    await card.getByRole('button', { name: '领取任务' }).tap()
    await expect(card.getByRole('button', { name: '到场', exact: true })).toBeVisible()
    await engineer.context().setOffline(true)
    await card.getByRole('button', { name: '到场', exact: true }).tap()
    await expect(card.getByRole('link', { name: '完成任务' })).toBeVisible()
    const before = Date.now()
    expect(taskOf(await hospital.order(made.id), '信息硬件组').arrivedAt).toBeUndefined()
    await engineer.waitForTimeout(2_000)
    await engineer.context().setOffline(false)
    await expect.poll(async () => taskOf(await hospital.order(made.id), '信息硬件组').arrivedAt ?? 0, { timeout: 30_000 }).toBeGreaterThan(0)
    expect(taskOf(await hospital.order(made.id), '信息硬件组').arrivedAt).toBeLessThanOrEqual(before + 1_000)
    await card.getByRole('link', { name: '完成任务' }).tap()
    await engineer.getByLabel('处理措施').fill('已擦干，自检通过')
    await engineer.getByLabel(/用时/).fill('20')
    await engineer.locator('input[type=file]').first().setInputFiles(photo())
    await expect(engineer.getByRole('img', { name: '照片 1' })).toBeVisible()
    await engineer.getByRole('button', { name: '完成任务' }).tap()
    await expect(engineer).toHaveURL(/\/m\/work\/$/)
  })

  await test.step('the floor is dry already: the desk cancels that task with a reason', async () => {
    await expect(line('信息硬件组')).toContainText('已完成')
    await line('保洁部').getByRole('button', { name: '取消任务' }).click()
    const dialog = desk.getByRole('dialog')
    await dialog.getByLabel('原因').fill('地面未湿')
    await dialog.getByRole('button', { name: /^取消任务/ }).click()
    await expect(dialog).toBeHidden()
    await expect(line('保洁部')).toContainText('已取消')
  })

  await test.step('the plumber ends the order’s own work, and with it the order', async () => {
    const plumber = await visit({ as: 'plumber', on: 'phone', at: '/m/work/pool' })
    const card = plumber.getByRole('article').filter({ hasText: made.number })
    await card.getByRole('button', { name: '抢单' }).tap()
    await plumber.getByRole('button', { name: '已到场' }).tap()
    await plumber.getByRole('link', { name: '完工' }).tap()
    const chooser = plumber.waitForEvent('filechooser')
    await plumber.getByText('拍照', { exact: true }).tap()
    await (await chooser).setFiles(photo())
    await expect(plumber.getByRole('img', { name: '照片 1' })).toBeVisible()
    await plumber.getByLabel('处理措施').fill('已更换接头')
    await plumber.getByRole('button', { name: '提交完工' }).tap()
    await expect.poll(async () => hospital.order(made.id)).toMatchObject({ status: 'finished', remedy: '已更换接头' })
    expect((await hospital.order(made.id)).owner?.id).toBe((await hospital.me('plumber')).id)
  })

  await test.step('every step stands on the timeline, once', async () => {
    const kinds = (await hospital.timeline(made.id)).map((event) => event.kind).filter((kind) => kind !== 'note' && !kind.endsWith('due_soon'))
    expect(kinds).toEqual(['report', 'pool', 'task_add', 'task_add', 'task_add', 'task_grab', 'task_arrive', 'task_done', 'task_ready', 'task_ready', 'task_grab', 'task_arrive', 'task_done', 'task_cancel', 'grab', 'arrive', 'finish'])
    await expect(desk.locator('ol.timeline')).toContainText('电工班 协同完成')
    await settled(desk)
    expect(await hindrances(desk)).toEqual([])
  })
})

test('the desk asks a team, gives the task to somebody, forms a squad and hands the ownership over', async ({ hospital, visit }) => {
  const thing = await hospital.newAsset('nurse', { class: 'mobile', name: '移动护理PDA' })
  const order = await hospital.given(await hospital.reported('HW07', thing, '掉进水里了'), 'engineer')
  const found: string[] = []
  const desk = await visit({ as: 'dispatcher', on: 'desk', at: `/desk/orders/${order.id}` })
  const dialog = desk.getByRole('dialog')
  const ask = async (name: string) => {
    await expect(dialog).toBeVisible()
    await settled(desk)
    found.push(...(await hindrances(desk)).map((fault) => `${name}: ${fault}`))
  }
  const choose = async (label: string, words: string) => {
    await dialog.getByLabel(label).fill(words)
    await desk.getByRole('option', { name: new RegExp(words) }).first().click()
  }

  await desk.getByRole('toolbar', { name: '操作' }).getByRole('button', { name: /^请班组协同/ }).click()
  await choose('班组', '电工班')
  await dialog.getByLabel('要做什么').fill('检查插座是否进水')
  await dialog.getByLabel('第二人核对').check()
  await ask('task_add')
  await dialog.getByRole('button', { name: /^请班组协同/ }).click()
  await expect(dialog).toBeHidden()
  const line = desk.locator('.tasks-panel').getByRole('listitem')
  await expect(line).toContainText('待领取')

  await line.getByRole('button', { name: '指派任务' }).click()
  await expect(dialog.locator('[data-person]').first()).toBeVisible()
  await ask('task_assign')
  const { id, name } = await hospital.me('electrician')
  await dialog.locator(`[data-person="${id}"]`).click()
  await expect(dialog).toBeHidden()
  await expect(line).toContainText('待接受')
  await expect(line).toContainText(name)
  expect((await hospital.order(order.id)).tasks).toMatchObject([{ status: 'assigned', assigneeId: id, proof: { check: true } }])

  const plumber = await hospital.me('plumber')
  await desk.getByRole('button', { name: '组建专项小组' }).click()
  await dialog.getByLabel('小组名称').fill('进水小组')
  await choose('组长', name)
  await choose('成员', plumber.name)
  await ask('squad')
  await dialog.getByRole('button', { name: /^专项小组/ }).click()
  await expect(dialog).toBeHidden()
  await desk.getByRole('button', { name: '小组消息' }).click()
  await dialog.getByLabel('告诉小组成员').fill('先断电再查')
  await dialog.getByRole('button', { name: /^小组消息/ }).click()
  await expect(dialog).toBeHidden()
  await expect(desk.locator('ol.timeline')).toContainText('先断电再查')

  await desk.getByRole('button', { name: '交接首问负责' }).click()
  await choose('人员', plumber.name)
  await ask('own')
  await dialog.getByRole('button', { name: /^交接首问负责/ }).click()
  await expect(dialog).toBeHidden()
  const now = await hospital.order(order.id)
  expect(now).toMatchObject({ owner: { id: plumber.id }, squad: { name: '进水小组', leaderId: id } })
  // Those who were called see the order; the message is in the inbox of both.
  for (const login of ['electrician', 'plumber']) {
    expect((await (await hospital.as(login)).ask('GET', `/orders/${order.id}`)).status).toBe(200)
    await expect.poll(async () => JSON.stringify((await (await hospital.as(login)).ask('GET', '/messages')).body)).toContain('先断电再查')
  }
  expect(found).toEqual([])
})
