import type { Hospital } from '../people/hospital'
import { codeIn } from '../people/hospital'
import { standing, type Subjects } from '../people/faces'
import type { Listed, Order } from '../people/shapes'
import { readLabel } from '../things/label'

/** The first that has it, else the first. */
function best(orders: Order[], has: (order: Order) => boolean): Order {
  const found = orders.find(has) ?? orders[0]
  if (!found) throw new Error('the hospital has no such order')
  return found
}

/** What the demonstration's own history has to show, so that pictures look like a real day. */
export async function demoSubjects(hospital: Hospital): Promise<Subjects> {
  const list = async (login: string, query: Record<string, string | number | boolean>) =>
    (await (await hospital.as(login)).get<Listed<Order>>('/orders', { limit: 200, ...query })).items
  const { departmentId } = await hospital.me('nurse')
  const reported = best(await list('nurse', { reporterId: 'me' }), (order) => order.open && Boolean(order.assigneeId))
  const given = best(await list('engineer', { assigneeId: 'me', open: true }), (order) => order.status === 'working' && Boolean(order.assetId))
  const looked = best(await list('agent', { status: 'closed' }), (order) => Boolean(order.rating?.comment && order.parts?.length && order.urges))
  const keeper = await hospital.as('keeper')
  const own = (await keeper.get<Listed<{ id: string }>>('/assets', { departmentId, class: 'printer', limit: 1 })).items
  const assetId = given.assetId ?? own[0]!.id
  const code = codeIn(readLabel(await keeper.page(`/print/labels?format=60x40&assets=${assetId}`)))
  return { reported, given, carried: await hospital.carried(), looked, asset: { id: assetId, code }, ...(await standing(hospital)) }
}
