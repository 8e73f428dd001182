import { engines, type Engine } from './engines'
import { openHouse, type House, type OpenHouse } from './program'

const variable = 'E2E_HOUSES'

/** Opens a hospital on each database before the journeys, and closes them after. */
export default async function open(): Promise<() => Promise<void>> {
  return openAll(engines(), { orders: 500, months: 2 })
}

/** Opens hospitals and tells the workers where they are; when one fails the others are closed again. */
export async function openAll(wanted: Engine[], size: { orders: number; months: number }): Promise<() => Promise<void>> {
  const tried = await Promise.allSettled(wanted.map((engine) => openHouse(engine, size)))
  const opened: OpenHouse[] = tried.filter((one) => one.status === 'fulfilled').map((one) => one.value)
  const close = async () => {
    await Promise.all(opened.map((house) => house.close()))
  }
  const failed = tried.find((one) => one.status === 'rejected')
  if (failed) {
    await close()
    throw failed.reason
  }
  const houses: House[] = opened.map(({ engine, base }) => ({ engine, base }))
  process.env[variable] = JSON.stringify(houses)
  return close
}

/** The hospital on a database, as the workers see it. */
export function houseOn(engine: string): House {
  const houses = JSON.parse(process.env[variable] ?? '[]') as House[]
  const house = houses.find((one) => one.engine === engine)
  if (!house) throw new Error(`no hospital was opened on ${engine}`)
  return house
}
