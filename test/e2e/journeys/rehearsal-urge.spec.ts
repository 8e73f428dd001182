import { expect, rehearsal, told } from '../people/rehearsal'

rehearsal('an order urged three times goes to the lead and up, to the second', async ({ hospital, clock, visit }) => {
  const thing = await hospital.newAsset('nurse', { class: 'printer', name: '护士站打印机' })
  const { id } = await hospital.reported('HW03', thing, '打印机卡纸')
  await clock.to('08:01:00')
  await hospital.given(await hospital.order(id), 'engineer')
  const engineer = await hospital.as('engineer')
  await clock.to('08:02:00')
  await engineer.post(`/orders/${id}/accept`)
  await clock.to('08:04:00')
  await engineer.post(`/orders/${id}/arrive`)

  const nurse = await visit({ as: 'nurse', on: 'phone', at: `/m/o/${id}` })
  const urge = nurse.getByRole('button', { name: '催单' })
  for (const [n, time] of ['08:05:00', '08:15:00', '08:25:30'].entries()) {
    await clock.to(time)
    await nurse.reload()
    await urge.tap()
    await expect.poll(async () => (await hospital.order(id)).urges).toBe(n + 1)
  }

  await expect.poll(async () => (await hospital.order(id)).level, { timeout: 30_000 }).toBe(1)
  const steps = told(await hospital.timeline(id)).filter((step) => /report|dispatch|urge|escalate/.test(step))
  expect(steps).toEqual([
    '08:00:00 report',
    '08:01:00 dispatch',
    '08:05:00 urge',
    '08:15:00 urge',
    '08:25:30 urge',
    '08:25:30 escalate',
  ])

  await clock.to('08:30:00')
  expect(await hospital.order(id)).toMatchObject({ urges: 3, level: 1 }) // once
})
