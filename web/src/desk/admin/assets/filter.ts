import type { LocationQuery } from 'vue-router'
import { assetStatuses, type AssetFilter } from '../../api/assets'

const texts = ['q', 'class', 'placeId', 'departmentId', 'campusId', 'vendorId', 'custodianId', 'warrantyBefore'] as const

/** The filter of the register that an address names. */
export function assetFilterOf(query: LocationQuery): AssetFilter {
  const filter: AssetFilter = {}
  for (const key of texts) {
    const value = query[key]
    if (typeof value === 'string' && value) filter[key] = value
  }
  const wanted = typeof query.status === 'string' ? query.status.split(',') : []
  const status = assetStatuses.filter((one) => wanted.includes(one))
  if (status.length > 0) filter.status = status
  return filter
}

/** The query part of the address that names a filter. */
export function assetQueryOf(filter: AssetFilter): Record<string, string> {
  const query: Record<string, string> = {}
  for (const key of texts) if (filter[key]) query[key] = filter[key]
  if (filter.status?.length) query.status = filter.status.join(',')
  return query
}
