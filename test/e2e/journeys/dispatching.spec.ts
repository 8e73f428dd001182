import { expect, test } from '../people/journey'
import type { Event } from '../people/shapes'

test('an item that is dispatched automatically goes to the best person, and the order says why', async ({ hospital, visit }) => {
  const admin = await hospital.as('admin')
  const item = await hospital.item('HW09')
  const mode = await admin.post<{ id: string; version: number }>('/dispatch/modes', {
    position: 0, itemId: item.id, fromMinute: 0, toMinute: 0, mode: 'automatic', countdown: 0, acceptWithin: 0, active: true,
  })
  try {
    const thing = await hospital.newAsset('nurse', { class: 'mobile', name: '护理平板' })
    const order = await hospital.reported('HW09', thing, `坏了 ${hospital.mark()}`)
    await expect.poll(async () => (await hospital.order(order.id)).status, { timeout: 60_000 }).toBe('assigned')
    const given = (await hospital.timeline(order.id)).find((event: Event) => event.kind === 'dispatch')!
    expect(given.actorId).toBe('system')
    const now = await hospital.order(order.id)
    const desk = await visit({ as: 'dispatcher', on: 'desk', at: `/desk/orders/${order.id}` })
    await expect(desk.getByText(/自动派单（/).first()).toBeVisible()
    await expect(desk.getByText(now.assigneeName!).first()).toBeVisible()
  } finally {
    await admin.delete(`/dispatch/modes/${mode.id}?version=${mode.version}`)
  }
})
