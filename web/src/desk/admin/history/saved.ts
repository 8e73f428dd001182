import type { HistoryField, Mapping } from '../../api/history'

/**
 * A kept mapping as far as it fits a file: columns the file does not have are left out and named, so that the rest
 * need not be chosen again.
 */
export function fitting(kept: Mapping, columns: readonly string[]): { mapping: Mapping; missing: string[] } {
  const missing = new Set<string>()
  const left: Mapping['columns'] = {}
  for (const [field, names] of Object.entries(kept.columns) as [HistoryField, string[]][]) {
    const there = names.filter((name) => columns.includes(name))
    names.filter((name) => !columns.includes(name)).forEach((name) => missing.add(name))
    if (there.length > 0) left[field] = there
  }
  return { mapping: { ...kept, columns: left }, missing: [...missing] }
}
