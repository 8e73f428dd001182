import type { LocationQuery } from 'vue-router'
import type { OrderFilter } from '../api/orders'

/*
 * A list's filter stands in its address, so that it can be shared, saved and gone back to. Lists are parted by
 * commas, switches are 1, moments Unix milliseconds.
 */

const lists = ['status', 'priority'] as const
const switches = ['open', 'overdue', 'mine', 'nobody', 'urged', 'dueSoon', 'watched'] as const
const texts = ['campusId', 'departmentId', 'placeId', 'assetId', 'itemId', 'categoryId', 'teamId', 'assigneeId', 'taskTeamId', 'reporterId', 'callBack', 'batchId', 'text', 'sort'] as const
const moments = ['from', 'to'] as const

/** The filter an address names; what it does not know it leaves out. */
export function filterOf(query: LocationQuery): OrderFilter {
  const one = (key: string): string => {
    const value = query[key]
    return (Array.isArray(value) ? value[0] : value) ?? ''
  }
  const filter: OrderFilter = {}
  for (const key of lists) {
    const parts = [query[key]].flat().flatMap((value) => (value ?? '').split(',')).filter(Boolean)
    if (parts.length > 0) filter[key] = parts
  }
  for (const key of switches) if (one(key) === '1') filter[key] = true
  for (const key of texts) if (one(key)) filter[key] = one(key)
  for (const key of moments) {
    const at = Number(one(key))
    if (Number.isSafeInteger(at) && at > 0) filter[key] = at
  }
  return filter
}

/** The query part of the address that names a filter. */
export function queryOf(filter: OrderFilter): Record<string, string> {
  const query: Record<string, string> = {}
  for (const key of lists) if (filter[key]?.length) query[key] = filter[key].join(',')
  for (const key of switches) if (filter[key]) query[key] = '1'
  for (const key of texts) if (filter[key]) query[key] = filter[key]
  for (const key of moments) if (filter[key]) query[key] = String(filter[key])
  return query
}

/** Two filters are the same when their addresses are. */
export function sameFilter(a: OrderFilter, b: OrderFilter): boolean {
  const key = (filter: OrderFilter) => JSON.stringify(Object.entries(queryOf(filter)).sort())
  return key(a) === key(b)
}
