import { expect, test } from '../people/journey'
import type { Listed, ScreenData } from '../people/shapes'

test('a big screen lives by its link, names nobody, and ends when the link is revoked', async ({ hospital, visit }) => {
  const name = `调度大屏 ${hospital.mark()}`
  const admin = await visit({ as: 'admin', on: 'desk', at: '/desk/screens' })
  let address = ''

  await test.step('the administrator makes the link', async () => {
    await admin.getByRole('button', { name: '新建大屏链接' }).first().click()
    const dialog = admin.getByRole('dialog')
    await dialog.getByLabel('名称').fill(name)
    await dialog.getByLabel('有效天数').fill('30')
    await dialog.getByRole('button', { name: '新建大屏链接' }).click()
    await expect(admin.getByText('链接只显示这一次')).toBeVisible()
    address = (await admin.locator('.secret').textContent())!.trim()
    await expect(admin.getByRole('row').filter({ hasText: name })).toContainText('有效')
  })

  const link = new URL(address)
  const token = link.searchParams.get('token')!
  const asked = async () => (await fetch(`${hospital.base}/api/v1/screen?token=${token}`)).json() as Promise<ScreenData>
  const wall = await visit({ on: 'wall', at: 'about:blank' })
  await wall.clock.install()
  await wall.goto(link.pathname + link.search)
  await expect(wall.getByRole('heading', { level: 1, name })).toBeVisible()

  await test.step('what is new comes by itself, and the counts are the server’s', async () => {
    const thing = await hospital.newAsset('nurse', { class: 'kiosk', name: '自助机' })
    const order = await hospital.reported('HW06', thing, '黑屏')
    const latest = wall.locator('section').filter({ has: wall.getByRole('heading', { name: '最新工单' }) })
    await expect(latest.getByRole('listitem').first()).toContainText('自助机')
    await expect(latest).toContainText(order.placeName!.split('/').at(-1)!)
    await expect(async () => {
      const data = await asked()
      expect(data.latest.map((one) => one.number)).toContain(order.number)
      const open = data.open.reduce((sum, one) => sum + one.count, 0)
      await expect(wall.getByRole('heading', { name: /未完成工单/ })).toContainText(String(open), { timeout: 3000 })
    }).toPass()
  })

  await test.step('no person’s name or telephone is on it', async () => {
    const people: { name: string; phone?: string }[] = []
    let cursor: string | undefined = ''
    const api = await hospital.as('admin')
    do {
      const page: Listed<{ name: string; phone?: string }> = await api.get('/people', { limit: 200, cursor: cursor || undefined })
      people.push(...page.items)
      cursor = page.nextCursor
    } while (cursor)
    expect(people.length).toBeGreaterThan(200)
    const shown = (await wall.locator('body').textContent()) ?? ''
    const sent = JSON.stringify(await asked())
    for (const person of people) {
      expect(shown).not.toContain(person.name)
      expect(sent).not.toContain(person.name)
    }
  })

  await test.step('it says when it is stale, and recovers', async () => {
    await wall.context().setOffline(true)
    await wall.clock.fastForward(25_000)
    await expect(wall.getByRole('alert')).toContainText('没有更新')
    await wall.context().setOffline(false)
    await wall.clock.fastForward(40_000)
    await expect(wall.getByRole('alert')).toHaveCount(0)
    await expect(wall.getByText(/^更新于/)).toBeVisible()
  })

  await test.step('revoked, it goes dark', async () => {
    await admin.getByRole('row').filter({ hasText: name }).getByRole('button', { name: '撤销' }).click()
    await admin.getByRole('dialog').getByRole('button', { name: '撤销' }).click()
    await expect(admin.getByRole('row').filter({ hasText: name })).toHaveCount(0)
    const { items } = await (await hospital.as('admin')).get<Listed<{ name: string }>>('/screens')
    expect(items.map((screen) => screen.name)).not.toContain(name)
    await wall.clock.fastForward(5_000)
    await expect(wall.getByRole('alert')).toContainText('这个大屏链接无效或已失效')
    await expect(wall.getByRole('heading', { name: '最新工单' })).toHaveCount(0)
    expect((await fetch(`${hospital.base}/api/v1/screen?token=${token}`)).status).toBe(404)
  })
})

test('a screen without a valid link shows nothing', async ({ hospital, visit }) => {
  const forged = await visit({ on: 'wall', at: `/screen/?token=${'x'.repeat(32)}` })
  await expect(forged.getByRole('alert')).toContainText('这个大屏链接无效或已失效')
  const bare = await visit({ on: 'wall', at: '/screen/' })
  await expect(bare.getByRole('alert')).toContainText('请使用管理员发出的大屏链接打开')
  expect((await fetch(`${hospital.base}/api/v1/screen?token=`)).ok).toBe(false)
})
