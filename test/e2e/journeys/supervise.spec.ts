import { expect, test } from '../people/journey'

test('an order under watch is followed on the phone and concluded at the desk', async ({ hospital, visit }) => {
  const thing = await hospital.newAsset('nurse', { class: 'mobile', name: '移动护理PDA' })
  const order = await hospital.given(await hospital.reported('HW07', thing, '屏幕碎了'), 'engineer')
  const engineer = await hospital.me('engineer')

  const desk = await visit({ as: 'manager', on: 'desk', at: `/desk/orders/${order.id}` })
  await test.step('the manager names a follower and an end', async () => {
    await desk.getByRole('button', { name: '督办', exact: true }).click()
    const dialog = desk.getByRole('dialog')
    await dialog.getByRole('button', { name: '督办' }).click()
    await expect(dialog.getByLabel('督办原因')).toHaveAttribute('aria-invalid', 'true')
    await dialog.getByLabel('督办原因').fill('院长关注')
    await expect(dialog.getByRole('combobox', { name: '督办责任人' })).toHaveValue(engineer.name)
    await dialog.getByRole('button', { name: '督办' }).click()
    await expect(dialog).toBeHidden()
    await expect(desk.getByText(`督办,责任人 ${engineer.name}`)).toBeVisible()
  })

  await test.step('the follower tells how it goes', async () => {
    const phone = await visit({ as: 'engineer', on: 'phone', at: `/m/work/o/${order.id}` })
    await expect(phone.getByText('督办', { exact: true }).first()).toBeVisible()
    await phone.getByLabel(/督办进展/).fill('备件下午到')
    await phone.getByRole('button', { name: '反馈进展' }).tap()
    await expect(phone.getByText(/备件下午到/).first()).toBeVisible()
  })

  await test.step('the manager finds it in the list and concludes it', async () => {
    await desk.goto('/desk/watches')
    const row = desk.getByRole('row').filter({ hasText: order.number })
    await expect(row).toContainText('院长关注')
    await row.getByRole('button', { name: '查看' }).click()
    const dialog = desk.getByRole('dialog')
    await expect(dialog).toContainText('备件下午到')
    await dialog.getByRole('button', { name: '结束督办' }).click()
    await expect(dialog.getByLabel('进展或结论')).toHaveAttribute('aria-invalid', 'true')
    await dialog.getByLabel('进展或结论').fill('已更换屏幕')
    await dialog.getByRole('button', { name: '结束督办' }).click()
    await expect(dialog).toBeHidden()
    await expect(row).toHaveCount(0)
  })
})

test('a ladder says beforehand when it would remind of an order', async ({ hospital, visit }) => {
  const mark = hospital.mark()
  const thing = await hospital.newAsset('nurse', { class: 'mobile', name: '移动护理PDA' })
  const order = await hospital.reported('HW07', thing, '屏幕碎了')
  const desk = await visit({ as: 'admin', on: 'desk', at: '/desk/ladders' })
  await expect(desk.getByRole('link', { name: '标准提醒阶梯' })).toBeVisible()
  await desk.getByRole('link', { name: '新建阶梯' }).click()

  await desk.getByLabel('中文名称').fill(`阶梯${mark}`)
  await desk.getByLabel('英文名称').fill(`Ladder ${mark}`)
  await desk.getByLabel('何时').selectOption('报修后')
  await desk.getByLabel('分钟', { exact: true }).fill('45')
  await desk.getByLabel('单号').fill(order.number)
  await desk.getByRole('button', { name: '试算' }).click()
  const row = desk.getByRole('row').filter({ hasText: '报修后 45 分钟' })
  await expect(row).toContainText('班组长')
  await expect(row).toContainText('待提醒')

  await desk.getByRole('button', { name: '保存' }).click()
  await expect(desk).toHaveURL(/\/desk\/ladders\/(?!new)/)
  await desk.goto('/desk/ladders')
  await expect(desk.getByRole('row').filter({ hasText: `阶梯${mark}` }).getByRole('switch')).not.toBeChecked()
})
