import type { Page } from '@playwright/test'
import { expect, test } from '../people/journey'
import { settled } from '../people/settled'
import { hindrances } from '../things/axe'

/** Opens what is asked in front of a page, looks at it, and closes it by Escape. */
async function lookAt(page: Page, name: string, open: () => Promise<unknown>): Promise<string[]> {
  await open()
  const dialog = page.getByRole('dialog')
  await expect(dialog).toBeVisible()
  await settled(page)
  const found = (await hindrances(page)).map((fault) => `${name}: ${fault}`)
  if (!(await dialog.evaluate((element) => element.contains(document.activeElement)))) found.push(`${name}: the focus is not in it`)
  // An open list of choices is closed before what it belongs to.
  if ((await dialog.locator('[role=combobox][aria-expanded=true]:not(dialog.palette *)').count()) > 0) await page.keyboard.press('Escape')
  await page.keyboard.press('Escape')
  await expect(dialog).toBeHidden()
  return found
}

const dark = { 'wardline.theme': 'dark' }

test('everything the desk asks is usable by everybody @once', async ({ hospital, visit }) => {
  const thing = await hospital.newAsset('nurse', { class: 'mobile', name: '移动护理PDA' })
  const order = await hospital.reported('HW07', thing, '屏幕碎了')
  const found: string[] = []

  const agent = await visit({ as: 'agent', on: 'desk', at: `/desk/orders/${order.id}`, remembered: dark })
  const commands = agent.getByRole('toolbar', { name: '操作' })
  for (const name of ['派单', '进抢单池', '远程解决', '请班组协同', '催单', '升级', '更正', '备注', '并单', '取消工单']) {
    found.push(...(await lookAt(agent, name, () => commands.getByRole('button', { name: new RegExp(`^${name}`) }).click())))
  }
  found.push(...(await lookAt(agent, 'palette', () => agent.keyboard.press('Control+k'))))
  found.push(...(await lookAt(agent, 'keys', () => agent.keyboard.press('?'))))

  const manager = await visit({ as: 'manager', on: 'desk', at: `/desk/orders/${order.id}`, remembered: dark })
  found.push(...(await lookAt(manager, '督办', () => manager.getByRole('button', { name: '督办', exact: true }).click())))

  const admin = await visit({ as: 'admin', on: 'desk', at: '/desk/org', remembered: dark })
  found.push(...(await lookAt(admin, 'import', () => admin.getByRole('button', { name: '导入' }).click())))
  for (const [at, name] of [
    ['/desk/transport', '申请运送'],
    ['/desk/loans', '借出'],
    ['/desk/plans', '新建计划'],
    ['/desk/incident-plans', '新建预案'],
    [`/desk/orders/${order.id}`, '宣布重大事件'],
    ['/desk/classify?tab=scripts', '加脚本'],
    ['/desk/board', '存为视图'],
    ['/desk/screens', '新建大屏链接'],
    ['/desk/people', '新建人员'],
    ['/desk/roles', '新建角色'],
    ['/desk/account', '新建访问令牌'],
  ] as [string, string][]) {
    await admin.goto(at)
    found.push(...(await lookAt(admin, name, () => admin.getByRole('button', { name }).first().click())))
  }
  expect(found).toEqual([])
  expect((await hospital.order(order.id)).version).toBe(order.version) // asking is not doing
})

test('everything the porter’s phone asks is usable by everybody @once', async ({ hospital, visit }) => {
  const order = await hospital.carried()
  const phone = await visit({ as: 'porter', on: 'phone', at: `/m/work/o/${order.id}/carry`, remembered: dark })
  const found: string[] = []
  for (const name of ['扫腕带', '人工核对', '扫地点码', '说明延误']) {
    found.push(...(await lookAt(phone, name, () => phone.getByRole('button', { name }).tap())))
  }
  expect(found).toEqual([])
  expect((await hospital.order(order.id)).version).toBe(order.version)
})

test('everything the engineer’s phone asks is usable by everybody @once', async ({ hospital, visit }) => {
  const thing = await hospital.newAsset('nurse', { class: 'mobile', name: '移动护理PDA' })
  const given = await hospital.given(await hospital.reported('HW07', thing, '屏幕碎了'), 'engineer')
  const order = await (await hospital.as('engineer')).post<{ version: number }>(`/orders/${given.id}/accept`)
  const found: string[] = []
  const phone = await visit({ as: 'engineer', on: 'phone', at: `/m/work/o/${given.id}`, remembered: dark })
  found.push(...(await lookAt(phone, 'scan', () => phone.getByRole('button', { name: '扫码到场' }).tap())))
  const more = phone.getByRole('button', { name: '更多' })
  found.push(...(await lookAt(phone, 'more', () => more.tap())))
  for (const name of ['挂起', '转派其他班组', '请其他班组协同', '添加备注']) {
    found.push(
      ...(await lookAt(phone, name, async () => {
        await more.tap()
        await phone.getByRole('dialog').getByRole('button', { name }).tap()
        await expect(phone.getByRole('dialog', { name })).toBeVisible()
      })),
    )
  }
  expect(found).toEqual([])
  expect((await hospital.order(given.id)).version).toBe(order.version)
})
