import { expect, test } from '../people/journey'
import type { Listed, Place } from '../people/shapes'

test('an import with a faulty line writes nothing; put right, it is taken', async ({ hospital, visit }) => {
  const admin = await hospital.as('admin')
  const { items: floors } = await admin.get<Listed<Place>>('/places', { kind: 'floor', limit: 1 })
  const floor = floors[0]!
  const mark = hospital.mark().toUpperCase()
  const names = [`新诊室甲${mark}`, `新诊室乙${mark}`]
  const sheet = (kind: string) => ({
    name: '位置.csv',
    mimeType: 'text/csv',
    buffer: Buffer.from(
      ['位置编码,上级位置,类型,名称,免登录报修', `X${mark}1,${floor.fullName},房间,${names[0]},是`, `X${mark}2,${floor.fullName},${kind},${names[1]},否`].join('\r\n'),
    ),
  })
  const written = async () => (await admin.get<Listed<Place>>('/places', { text: mark })).items.map((place) => place.name).sort()

  const desk = await visit({ as: 'admin', on: 'desk', at: '/desk/org' })
  await desk.getByRole('button', { name: '导入' }).click()
  const dialog = desk.getByRole('dialog')
  const line = (name: string) => dialog.getByRole('row').filter({ hasText: name })
  const apply = dialog.getByRole('button', { name: '确认导入' })

  await test.step('the preview tells the fault of each line', async () => {
    await dialog.locator('input[type=file]').setInputFiles(sheet('厨房'))
    await expect(dialog.getByText('有 1 行有误')).toBeVisible()
    await expect(line(names[1]!)).toContainText('有误')
    await expect(line(names[1]!)).toContainText('类型')
    await expect(line(names[0]!)).toContainText('新增')
    await expect(apply).toBeDisabled()
    expect(await written()).toEqual([])
  })

  await test.step('put right, it is written', async () => {
    await dialog.locator('input[type=file]').setInputFiles(sheet('房间'))
    await expect(line(names[1]!)).toContainText('新增')
    expect(await written()).toEqual([]) // not before it is said
    await apply.click()
    await expect(desk.getByText('导入完成：新增 2')).toBeVisible()
    await expect(dialog).toBeHidden()
    expect(await written()).toEqual([...names].sort())
    const { items } = await admin.get<Listed<Place>>('/places', { text: names[0] })
    expect(items[0]).toMatchObject({ kind: 'room', code: `X${mark}1`, parentId: floor.id, campusId: floor.campusId, publicReport: true })
  })

  await test.step('the same file again changes nothing', async () => {
    await desk.getByRole('button', { name: '导入' }).click()
    await dialog.locator('input[type=file]').setInputFiles(sheet('房间'))
    await expect(line(names[0]!)).toContainText('无变化')
    await expect(apply).toBeDisabled()
  })
})
