import type { Page } from '@playwright/test'
import { codeIn } from '../people/hospital'
import { expect, test } from '../people/journey'
import type { Asset, Listed } from '../people/shapes'
import { readLabel } from '../things/label'
import { pagesOf } from '../things/pdf'

/** Prints the page as its own style says. */
async function print(page: Page): Promise<{ width: number; height: number }[]> {
  const pdf = await page.pdf({ preferCSSPageSize: true, printBackground: true })
  expect(pdf.byteLength).toBeGreaterThan(5000)
  return pagesOf(pdf)
}

function expectSize(page: { width: number; height: number }, width: number, height: number): void {
  expect(Math.abs(page.width - width)).toBeLessThanOrEqual(1)
  expect(Math.abs(page.height - height)).toBeLessThanOrEqual(1)
}

test('the work slip fits one sheet of A4 and leads back to the order', async ({ hospital, visit }) => {
  const thing = await hospital.newAsset('nurse', { class: 'mobile', name: '移动护理PDA' })
  const order = await hospital.given(await hospital.reported('HW07', thing, '屏幕碎了，摔到地上'), 'engineer')
  const desk = await visit({ as: 'agent', on: 'desk', at: `/desk/orders/${order.number}` })
  const opening = desk.context().waitForEvent('page')
  await desk.getByRole('button', { name: /打印工作单/ }).click()
  const slip = await opening
  await slip.waitForLoadState()

  for (const words of ['工作单', order.number, '屏幕碎了，摔到地上', thing.asset.placeName!, thing.asset.name, '陈杰', '验收签字']) {
    await expect(slip.getByText(words).first()).toBeVisible()
  }
  const pages = await print(slip)
  expect(pages).toHaveLength(1)
  expectSize(pages[0]!, 210, 297)

  const address = readLabel(await slip.content())
  const token = /\/m\/t\/([^/]+)$/.exec(address)![1]!
  const nurse = await visit({ on: 'phone', at: `/m/t/${token}` })
  await expect(nurse.getByText(order.number).first()).toBeVisible()
})

for (const [format, width, height, perPage] of [
  ['a4', 210, 297, 24],
  ['60x40', 60, 40, 1],
  ['40x30', 40, 30, 1],
] as const) {
  test(`labels come out on paper of ${format}`, async ({ hospital, visit }) => {
    const keeper = await hospital.as('keeper')
    const { items } = await keeper.get<Listed<Asset>>('/assets', { limit: 3, class: 'printer' })
    const address = `/print/labels?format=${format}&assets=${items.map((asset) => asset.id).join(',')}`
    const page = await visit({ as: 'keeper', on: 'desk', at: address })
    for (const asset of items) await expect(page.getByText(asset.number)).toBeVisible()

    const pages = await print(page)
    expect(pages).toHaveLength(Math.ceil(items.length / perPage))
    for (const one of pages) expectSize(one, width, height)

    const code = codeIn(readLabel(await keeper.page(address)))
    expect(await (await hospital.as('nurse')).get(`/scan/${code}`)).toMatchObject({ assetId: items[0]!.id })
    // What hangs over the label's edge would be cut off.
    const cut = await page.locator('.label').evaluateAll((labels) => labels.filter((label) => label.scrollHeight > label.clientHeight + 1 || label.scrollWidth > label.clientWidth + 1).length)
    expect(cut).toBe(0)
  })
}
