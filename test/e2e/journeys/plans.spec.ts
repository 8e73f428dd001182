import { expect, test } from '../people/journey'

test('a plan is set down once, tells its dates, and makes its order by itself', async ({ hospital, visit }) => {
  const mark = hospital.mark()
  const desk = await visit({ as: 'admin', on: 'desk', at: '/desk/plans' })
  await desk.getByRole('button', { name: '新建计划' }).first().click()
  const dialog = desk.getByRole('dialog')

  await test.step('what is missing is said beside the field', async () => {
    await dialog.getByRole('button', { name: '保存' }).click()
    await expect(dialog.getByLabel('名称')).toHaveAttribute('aria-invalid', 'true')
  })

  await test.step('the next dates follow what is chosen', async () => {
    await dialog.getByLabel('名称').fill(`机房巡检${mark}`)
    await dialog.getByRole('combobox', { name: '服务项目' }).fill('巡检')
    await desk.getByRole('listbox').getByRole('option').first().click()
    const { items } = await (await hospital.as('admin')).get<{ items: { name: string; fullName: string }[] }>('/places', { kind: 'room', limit: 1 })
    await dialog.getByRole('combobox', { name: '地点', exact: true }).fill(items[0]!.fullName.split('/').pop()!)
    await desk.getByRole('listbox').getByRole('option').first().click()
    await dialog.getByLabel('要做什么').fill('检查温度与 UPS')
    await dialog.getByLabel('重复').selectOption('按天')
    const dates = dialog.getByRole('region', { name: '接下来的日期' }).getByRole('listitem')
    await expect(dates).toHaveCount(12)
    await dialog.getByLabel('遇休息日').selectOption('跳过')
    await expect(dates.filter({ hasText: '休息日跳过' }).first()).toBeVisible()
    await dialog.getByLabel('遇休息日').selectOption('照常')
    await expect(dates.filter({ hasText: '休息日跳过' })).toHaveCount(0)
  })

  await test.step('with two hours ahead the first is due at once', async () => {
    await dialog.getByLabel('提前派出（分钟）').fill('120')
    await dialog.getByRole('button', { name: '保存' }).click()
    await expect(dialog).toBeHidden()
    const row = desk.getByRole('row').filter({ hasText: `机房巡检${mark}` })
    await expect(row).toContainText('每 1 天')
    await expect(async () => {
      await desk.reload()
      await expect(row.getByRole('link')).toBeVisible({ timeout: 3000 })
    }).toPass({ timeout: 60_000 })
    await row.getByRole('button', { name: '执行记录' }).click()
    await expect(dialog.getByRole('row')).toHaveCount(2)
    await expect(dialog).toContainText('已派出')
    await desk.keyboard.press('Escape')
    await row.getByRole('link').click()
    await expect(desk.getByText('检查温度与 UPS').first()).toBeVisible()
  })
})
