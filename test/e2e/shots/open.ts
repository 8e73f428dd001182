import { rm } from 'node:fs/promises'
import { openAll } from '../hospital/open'
import { folder } from './take'

/** Opens a hospital with a year behind it and clears the pictures of the last time. */
export default async function open(): Promise<() => Promise<void>> {
  await rm(folder, { recursive: true, force: true })
  return openAll(['sqlite'], { orders: 8000, months: 12 })
}
