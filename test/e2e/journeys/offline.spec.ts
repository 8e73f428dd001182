import type { Page } from '@playwright/test'
import { expect, test } from '../people/journey'
import type { Event, Order } from '../people/shapes'
import { photo } from '../things/picture'

/** The service worker has the page, and the page's own database has the orders. */
async function readyForNoSignal(phone: Page, orders: Order[]): Promise<void> {
  await phone.evaluate(() => navigator.serviceWorker.ready.then(() => undefined))
  await expect.poll(() => phone.evaluate(() => navigator.serviceWorker.controller !== null)).toBe(true)
  const kept = () =>
    phone.evaluate(
      () =>
        new Promise<string[]>((resolve, reject) => {
          const opening = indexedDB.open('wardline')
          opening.onerror = () => reject(opening.error)
          opening.onsuccess = () => {
            const asking = opening.result.transaction('copies').objectStore('copies').getAllKeys()
            asking.onsuccess = () => {
              opening.result.close()
              resolve(asking.result.map(String))
            }
          }
        }),
    )
  await expect.poll(kept).toEqual(expect.arrayContaining(orders.flatMap((order) => [`order:${order.id}`, `item:${order.itemId}:${order.itemVersion}`])))
}

const own = (events: Event[], personId: string) => events.filter((event) => event.actorId === personId)

test('an engineer works without signal; it is sent once with its true times, and a conflict is shown', async ({ hospital, visit }) => {
  const [thing, other] = await Promise.all([
    hospital.newAsset('nurse', { class: 'mobile', name: '移动护理PDA' }),
    hospital.newAsset('nurse', { class: 'mobile', name: '查房平板' }),
  ])
  const mine = await hospital.given(await hospital.reported('HW07', thing, '屏幕碎了'), 'engineer')
  const taken = await hospital.given(await hospital.reported('HW07', other, '充不进电'), 'engineer')
  const [engineerIs, rivalIs] = await Promise.all([hospital.me('engineer'), hospital.me('engineer2')])

  const phone = await visit({ as: 'engineer', on: 'phone', at: '/m/work/' })
  const card = (order: Order) => phone.getByRole('article').filter({ hasText: order.number })
  await expect(card(mine)).toBeVisible()
  await expect(card(taken)).toBeVisible()
  await readyForNoSignal(phone, [mine, taken])

  await phone.context().setOffline(true)
  await phone.reload()

  await test.step('the list and every order can be read', async () => {
    await expect(phone.getByText('离线数据，保存于')).toBeVisible()
    await expect(phone.getByRole('status').filter({ hasText: '当前离线' })).toBeVisible()
    await expect(card(mine)).toContainText(thing.asset.placeName!)
    await card(taken).getByRole('link').tap()
    await expect(phone.getByText('充不进电').first()).toBeVisible()
    await phone.getByRole('button', { name: '返回' }).tap()
  })

  await test.step('what is done is kept', async () => {
    await card(taken).getByRole('button', { name: '接单' }).tap()
    await card(mine).getByRole('button', { name: '接单' }).tap()
    await expect(card(mine).getByText('待上传')).toBeVisible()

    await card(mine).getByRole('link').first().tap()
    await phone.getByRole('button', { name: '扫码到场' }).tap()
    const label = phone.waitForEvent('filechooser')
    await phone.getByText('拍照识别').tap()
    await (await label).setFiles(thing.photo) // read on the phone itself
    await phone.getByRole('link', { name: '完工' }).tap()
    const chooser = phone.waitForEvent('filechooser')
    await phone.getByText('拍照', { exact: true }).tap()
    await (await chooser).setFiles(photo())
    await expect(phone.getByRole('img', { name: '照片 1' })).toBeVisible()
    await phone.getByRole('button', { name: '更换设备' }).tap()
    await phone.getByRole('button', { name: '提交完工' }).tap()
    await expect(phone.getByRole('status').filter({ hasText: '离线 · 4 项待上传' })).toBeVisible()
  })

  const workDone = Date.now()
  expect(await hospital.order(mine.id)).toMatchObject({ status: 'assigned' }) // the server knows nothing yet
  await (await hospital.as('dispatcher')).post(`/orders/${taken.id}/dispatch`, { teamId: taken.teamId, assigneeId: rivalIs.id })
  // The way out of the basement: what was done must lie in the past when it is told.
  await expect.poll(() => Date.now() - workDone).toBeGreaterThan(3000)

  await phone.reload() // the queue outlives the page
  await expect(phone.getByRole('status').filter({ hasText: '离线 · 4 项待上传' })).toBeVisible()
  await phone.context().setOffline(false)

  await test.step('back in reach, everything is sent once with its true time', async () => {
    await expect.poll(async () => (await hospital.order(mine.id)).status).toBe('finished')
    const steps = own(await hospital.timeline(mine.id), engineerIs.id)
    expect(steps.map((event) => event.kind)).toEqual(['accept', 'arrive', 'finish'])
    for (const step of steps) {
      expect(step.at).toBeLessThan(workDone + 1000) // the clocks of phone and server may differ a little
      expect(step.recordedAt).toBeGreaterThan(workDone + 2000)
      expect(step.at).toBeLessThan(step.recordedAt)
    }
    const [accepted, arrived, finished] = steps
    expect(arrived!.at).toBeGreaterThanOrEqual(accepted!.at)
    expect(finished!.at).toBeGreaterThanOrEqual(arrived!.at)
    expect(arrived!.facts.scanned).toBe(true)
    expect(finished!.facts.files).toHaveLength(1)
    const picture = await fetch(`${hospital.base}/api/v1/attachments/${finished!.facts.files![0]}`, { headers: { Cookie: `wardline=${(await hospital.as('agent')).session}` } })
    expect(picture.headers.get('content-type')).toBe('image/jpeg')
    expect((await picture.arrayBuffer()).byteLength).toBeGreaterThan(1000)
  })

  await test.step('what another has taken meanwhile is shown as a conflict', async () => {
    await phone.getByRole('status').filter({ hasText: '1 项未被接受' }).tap()
    const conflict = phone.getByRole('article').filter({ hasText: taken.number })
    await expect(conflict.getByRole('alert')).toContainText(rivalIs.name)
    expect(await hospital.order(taken.id)).toMatchObject({ status: 'assigned', assigneeId: rivalIs.id })
    expect(own(await hospital.timeline(taken.id), engineerIs.id)).toEqual([])
    await conflict.getByRole('button', { name: '放弃' }).tap()
    await conflict.getByRole('button', { name: '确认放弃' }).tap()
    await expect(phone.getByText('全部已上传')).toBeVisible()
  })
})

test('an answer that gets lost does not make the engineer do it twice', async ({ hospital, visit }) => {
  const thing = await hospital.newAsset('nurse', { class: 'mobile', name: '移动推车' })
  const order = await hospital.given(await hospital.reported('HW07', thing, '充不进电'), 'engineer')
  const phone = await visit({ as: 'engineer', on: 'phone', at: '/m/work/' })
  let sent = 0
  await phone.context().route(`**/api/v1/orders/${order.id}/accept`, async (route) => {
    if (++sent > 1) return route.continue()
    await route.fetch() // the server takes it
    return route.abort('connectionreset') // and nobody hears
  })

  const card = phone.getByRole('article').filter({ hasText: order.number })
  await card.getByRole('button', { name: '接单' }).tap()
  await expect(card.getByText('待上传')).toBeVisible()
  await phone.getByRole('status').filter({ hasText: '1 项' }).tap()
  await phone.getByRole('button', { name: '立即上传' }).tap()
  await expect(phone.getByText('全部已上传')).toBeVisible()

  expect(sent).toBe(2)
  const accepts = (await hospital.timeline(order.id)).filter((event) => event.kind === 'accept')
  expect(accepts).toHaveLength(1)
})
