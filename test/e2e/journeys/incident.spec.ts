import { expect, test } from '../people/journey'
import type { Department, Listed, Order, Place } from '../people/shapes'

interface Incident {
  id: string
  number: string
  status: string
  solved: number
  toSolve: number
}

test('HIS is down in the whole hospital: nine calls become one incident, a tenth joins, and all are solved at once', async ({ hospital, visit }) => {
  test.slow()
  const mark = hospital.mark()
  const agent = await hospital.as('agent')
  const item = await hospital.item('SW11')
  const orders: Order[] = []

  await test.step('nine calls from different departments', async () => {
    const { items: departments } = await agent.get<Listed<Department>>('/departments', { kind: 'clinical', limit: 100 })
    for (const department of departments) {
      if (orders.length >= 9) break
      const { items: rooms } = await agent.get<Listed<Place>>('/places', { departmentId: department.id, kind: 'room', limit: 1 })
      if (rooms.length === 0) continue
      orders.push(await agent.post<Order>('/orders', { itemId: item.id, placeId: rooms[0]!.id, words: `HIS打不开${mark}`, channel: 'phone', contactName: '护士站', form: { startedAt: Date.now(), outageScope: 'hospital' } }))
    }
    expect(orders).toHaveLength(9)
  })

  const desk = await visit({ as: 'agent', on: 'desk', at: '/desk/orders' })
  let incident: Incident
  await test.step('they are suggested as one fault, and declared', async () => {
    const banner = desk.locator('.incident-banners .banner').filter({ hasText: '疑似同一故障' }).filter({ hasText: 'HIS' }).or(desk.locator('.incident-banners .banner').filter({ hasText: item.nameZh }))
    await expect(banner.first()).toBeVisible({ timeout: 60_000 })
    await banner.first().getByRole('button', { name: '宣布重大事件' }).click()
    const dialog = desk.getByRole('dialog')
    await dialog.getByLabel('事件名称').fill(`全院HIS瘫痪${mark}`)
    await dialog.getByLabel('全院', { exact: true }).check()
    await dialog.getByLabel('通告内容').fill('信息中心正在抢修')
    await dialog.getByRole('button', { name: '宣布重大事件' }).click()
    await expect(desk.getByRole('heading', { level: 1 })).toContainText(`全院HIS瘫痪${mark}`)
    const id = desk.url().split('/').pop()!
    incident = await agent.get<Incident>(`/incidents/${id}`)
  })

  await test.step('the check list of the plan stands there and is ticked by keyboard', async () => {
    const first = desk.getByRole('checkbox', { name: '确认影响范围和开始时间' })
    await first.focus()
    await desk.keyboard.press('Space')
    await expect(desk.locator('.incident-steps > li').first()).toContainText((await hospital.me('agent')).name)
  })

  await test.step('no member is given to anybody', async () => {
    const members = orders.slice(1)
    const now = await Promise.all(members.map((one) => hospital.order(one.id)))
    for (const one of now.filter((order) => (order as unknown as { incidentRole?: string }).incidentRole === 'member')) expect(one.status).toBe('queued')
    expect(now.filter((order) => (order as unknown as { incidentRole?: string }).incidentRole === 'member').length).toBeGreaterThanOrEqual(8)
  })

  const phone = await visit({ as: 'nurse', on: 'phone', at: '/m/' })
  await test.step('a later caller is told before sending and joins with one tap', async () => {
    await expect(phone.getByText(`全院HIS瘫痪${mark}`)).toBeVisible()
    await expect(phone.getByText('信息中心正在抢修').first()).toBeVisible()
  })
  let tenth: Order
  await test.step('one tap is enough to be affected too, and the order says that it waits for the incident', async () => {
    const thing = await hospital.newAsset('nurse', { class: 'pc', name: '护士站电脑' })
    await phone.goto(`/m/s/${thing.code}`)
    await phone.getByRole('searchbox').fill('大面积')
    await phone.getByRole('button', { name: '全院HIS瘫痪' }).first().tap()
    await expect(phone.getByText(`全院HIS瘫痪${mark}`)).toBeVisible()
    await phone.getByRole('button', { name: '我也受影响' }).tap()
    await expect(phone.getByText('已知故障，正在统一处理')).toBeVisible()
    const { items } = await agent.get<Listed<Order>>('/orders', { assetId: thing.asset.id })
    expect(items).toHaveLength(1)
    tenth = items[0]!
    expect(tenth).toMatchObject({ status: 'queued', incidentRole: 'member', incidentId: incident.id })
  })

  await test.step('a word of progress changes the banner', async () => {
    await desk.bringToFront()
    await desk.keyboard.press('u')
    const dialog = desk.getByRole('dialog')
    await dialog.getByLabel('通告内容').fill(`已定位${mark}`)
    await dialog.getByRole('button', { name: '进展通报' }).click()
    await expect(dialog).toBeHidden()
    await phone.goto('/m/')
    await expect(phone.getByText(`已定位${mark}`)).toBeVisible()
  })

  await test.step('resolved: every member is finished with the cause, and the banner is gone', async () => {
    await desk.getByRole('toolbar').getByRole('button', { name: '已恢复' }).click()
    const dialog = desk.getByRole('dialog')
    await dialog.getByLabel('原因').fill('数据库宕机')
    await dialog.getByLabel('处理').fill('切换备用库')
    await dialog.getByRole('button', { name: '已恢复' }).click()
    await expect(dialog).toBeHidden()
    await expect(async () => {
      const now = await agent.get<Incident>(`/incidents/${incident.id}`)
      expect(now.solved).toBe(now.toSolve)
      expect(now.solved).toBeGreaterThanOrEqual(9)
    }).toPass({ timeout: 30_000 })
    const solved = await hospital.timeline(tenth.id)
    expect(solved.filter((event) => event.kind === 'incident_solve')).toHaveLength(1)
    await phone.goto('/m/')
    await expect(phone.getByText(`全院HIS瘫痪${mark}`)).toHaveCount(0)
  })

  await test.step('it cannot be closed without its report, and the report is printed', async () => {
    await desk.getByRole('button', { name: '结案' }).click()
    await expect(desk.locator('.toasts')).not.toBeEmpty()
    await desk.getByRole('button', { name: '总结报告' }).click()
    const dialog = desk.getByRole('dialog')
    await dialog.getByLabel('经验教训').fill('备用库演练不足')
    await dialog.getByRole('button', { name: '保存' }).click()
    await expect(dialog).toBeHidden()
    await desk.getByRole('button', { name: '结案' }).click()
    await expect(desk.getByText('已结案').first()).toBeVisible()
    const html = await agent.page(`/api/v1/incidents/${incident.id}/report`)
    expect(html).toContain('备用库演练不足')
    expect(html).toContain('切换备用库')
  })
})
