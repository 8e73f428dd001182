import type { Locator, Page } from '@playwright/test'
import type { Event } from '../people/shapes'
import { expect, mark, test } from '../people/journey'
import { photo } from '../things/picture'

/** A row of the desk's list, however many other journeys report meanwhile. */
async function rowOf(list: Page, number: string): Promise<Locator> {
  const row = list.getByRole('row').filter({ hasText: number })
  await expect(async () => {
    const fresh = list.getByRole('button', { name: /条新/ })
    if (await fresh.isVisible()) await fresh.click()
    await expect(row).toBeVisible({ timeout: 500 })
  }).toPass({ timeout: 15_000 })
  return row
}

/** What a step of the timeline on a page says. */
async function shownSteps(timeline: Locator): Promise<{ title: string; at: number; text: string }[]> {
  return timeline.locator('> li').evaluateAll((steps) =>
    steps.map((step) => ({
      title: step.querySelector('strong')?.textContent ?? '',
      at: Date.parse(step.querySelector('time')?.dateTime ?? ''),
      text: step.textContent ?? '',
    })),
  )
}

/** How each step of the loop is called on the timeline. */
const stepWords: Partial<Record<Event['kind'], RegExp>> = {
  report: /^提交报修$/,
  intake: /^受理$/,
  dispatch: /^派单给 陈杰$/,
  accept: /^接单$/,
  arrive: /^到场$/,
  finish: /^完工$/,
  confirm: /^确认已解决$/,
  rate: /^评价 2 分$/,
  note: /^备注$/,
  call_back: /^回访$/,
}

test('a fault travels the whole loop through three browsers at once', async ({ hospital, visit }) => {
  const thing = await hospital.newAsset('nurse', { class: 'mobile', name: '移动护理PDA' })
  const [nurse, agent, engineer] = await Promise.all([
    visit({ as: 'nurse', on: 'phone', at: `/m/s/${thing.code}` }),
    visit({ as: 'agent', on: 'desk', at: '/desk/orders?status=reported&status=queued' }),
    visit({ as: 'engineer', on: 'phone', at: '/m/work/' }),
  ])
  const [nurseIs, agentIs, engineerIs] = await Promise.all([hospital.me('nurse'), hospital.me('agent'), hospital.me('engineer')])
  const deskAsLoaded = await mark(agent)
  const phoneAsLoaded = await mark(engineer)
  let number = ''

  await test.step('the nurse scans and reports', async () => {
    await expect(nurse.getByText(thing.asset.name)).toBeVisible()
    await nurse.getByRole('button', { name: '屏碎' }).tap()
    await nurse.getByRole('button', { name: '提交报修' }).tap()
    await expect(nurse.getByText('已收到，正在受理')).toBeVisible()
    const id = /\/m\/o\/([^?]+)/.exec(nurse.url())![1]!
    const order = await hospital.order(id)
    number = order.number
    await expect(nurse.getByText(number).first()).toBeVisible()
    expect(order).toMatchObject({ status: 'reported', channel: 'scan', symptom: '屏碎', assetId: thing.asset.id, placeId: thing.asset.placeId, reporterId: nurseIs.id })
  })

  await test.step('the agent sees it without asking, takes it in and dispatches by the candidate list', async () => {
    const row = await rowOf(agent, number)
    expect(await deskAsLoaded.stillThere()).toBe(true)
    await row.getByRole('link', { name: number }).click()
    await expect(agent.getByRole('heading', { level: 1 })).toContainText(number)
    await agent.getByRole('button', { name: /^受理/ }).click()
    await expect.poll(async () => (await hospital.order(number)).status).toBe('queued')
    await agent.getByRole('button', { name: /^派单/ }).click()
    const order = await hospital.order(number)
    const { items: best } = await (await hospital.as('agent')).get<{ items: { name: string; onDuty: boolean; open: number }[] }>(`/orders/${order.id}/candidates`)
    const offered = agent.getByRole('dialog').locator('[data-person]')
    await expect(offered).toHaveCount(best.length)
    expect(await offered.locator('strong').allTextContents()).toEqual(best.map((one) => one.name))
    await offered.filter({ hasText: engineerIs.name }).click()
    await expect(agent.getByRole('dialog')).toBeHidden()
    await expect.poll(async () => hospital.order(number)).toMatchObject({ status: 'assigned', assigneeId: engineerIs.id })
    await expect(agent.getByText('待接单').first()).toBeVisible()
  })

  await test.step('the engineer gets it, accepts, arrives by scanning, and finishes with a photo and a part', async () => {
    const card = engineer.getByRole('article').filter({ hasText: number })
    await card.getByRole('button', { name: '接单' }).tap()
    await expect.poll(async () => (await hospital.order(number)).status).toBe('accepted')
    expect(await phoneAsLoaded.stillThere()).toBe(true)

    await card.getByRole('link').first().tap()
    await engineer.getByRole('button', { name: '扫码到场' }).tap()
    const picture = engineer.waitForEvent('filechooser')
    await engineer.getByText('拍照识别').tap()
    await (await picture).setFiles(thing.photo)
    await expect.poll(async () => (await hospital.order(number)).status).toBe('working')

    await engineer.getByRole('link', { name: '完工' }).tap()
    const chooser = engineer.waitForEvent('filechooser')
    await engineer.getByText('拍照', { exact: true }).tap()
    await (await chooser).setFiles(photo())
    await expect(engineer.getByRole('img', { name: '照片 1' })).toBeVisible()
    await engineer.getByRole('button', { name: '更换配件' }).tap()
    await engineer.getByRole('button', { name: '添加配件' }).tap()
    await engineer.getByLabel('配件名称').fill('PDA 屏幕总成')
    await engineer.getByRole('button', { name: '提交完工' }).tap()
    await expect(engineer).toHaveURL(/\/m\/work\/$/)
    const order = await hospital.order(number)
    expect(order).toMatchObject({ status: 'finished', remedy: '更换配件', visits: 1, parts: [{ name: 'PDA 屏幕总成', quantity: 1 }] })
    const finish = (await hospital.timeline(number)).find((event) => event.kind === 'finish')!
    expect(finish.facts.files).toHaveLength(1)
    const { items: files } = await (await hospital.as('agent')).get<{ items: { id: string; type: string }[] }>('/attachments', { subject: 'order', subjectId: order.id })
    expect(files.map((file) => file.id)).toEqual(finish.facts.files)
  })

  await test.step('the nurse confirms and is not content', async () => {
    await expect(nurse.getByText(`${engineerIs.name}已完工，请您确认`)).toBeVisible()
    await nurse.getByRole('button', { name: '已解决，我来打分' }).tap()
    await nurse.getByRole('radiogroup', { name: '总体' }).getByRole('radio', { name: '不满意', exact: true }).tap()
    await nurse.getByRole('button', { name: '提交评价' }).tap()
    await expect(nurse.getByText('已确认，感谢您的反馈')).toBeVisible()
    expect(await hospital.order(number)).toMatchObject({ status: 'confirmed', callBack: 'due', rating: { overall: 2 } })
  })

  await test.step('a low rating sets off the rule for it, and the timeline says so', async () => {
    await expect.poll(async () => (await hospital.timeline(number)).filter((event) => event.kind === 'note').length).toBe(1)
    const said = (await hospital.timeline(number)).at(-1)!
    expect(said).toMatchObject({ kind: 'note', actorId: 'system' })
    expect(said.facts.note).toContain('差评回访')
  })

  await test.step('the agent calls back and closes it', async () => {
    await agent.getByRole('link', { name: /^回访/ }).click()
    await (await rowOf(agent, number)).click({ position: { x: 300, y: 10 } })
    await expect(agent.getByRole('heading', { level: 1 })).toContainText(number)
    await agent.getByRole('button', { name: /^回访/ }).click()
    const dialog = agent.getByRole('dialog')
    await dialog.getByText('用户确认已解决').click()
    await dialog.getByLabel('备注').fill('已致电护士长，屏幕正常')
    await dialog.getByRole('button', { name: /^回访/ }).click()
    await expect(dialog).toBeHidden()
    await expect.poll(async () => hospital.order(number)).toMatchObject({ status: 'closed', callBack: 'done' })
    await expect(nurse.getByText('已归档').first()).toBeVisible()
  })

  await test.step('every step stands on the timeline with its time, person and place', async () => {
    const events = await hospital.timeline(number)
    expect(events.map((event) => event.kind)).toEqual(['report', 'intake', 'dispatch', 'accept', 'arrive', 'finish', 'confirm', 'rate', 'note', 'call_back'])
    expect(events.map((event) => event.seq)).toEqual(events.map((_, index) => index + 1))
    const actors = [nurseIs, agentIs, agentIs, engineerIs, engineerIs, engineerIs, nurseIs, nurseIs, { id: 'system' }, agentIs]
    expect(events.map((event) => event.actorId)).toEqual(actors.map((one) => one.id))
    const arrival = events.find((event) => event.kind === 'arrive')!
    expect(arrival).toMatchObject({ placeId: thing.asset.placeId, placeName: thing.asset.placeName, facts: { scanned: true } })

    const timeline = agent.locator('ol.timeline')
    await expect(timeline.locator('> li')).toHaveCount(events.length)
    const shown = (await shownSteps(timeline)).reverse() // newest first on the page
    for (const [index, event] of events.entries()) {
      const step = shown[index]!
      expect(step.title).toMatch(stepWords[event.kind]!)
      expect(step.at).toBe(event.at)
      expect(step.text).toContain(event.actorId === 'system' ? '系统' : event.actorName)
      if (event.placeName) expect(step.text).toContain(event.placeName)
    }
  })
})
