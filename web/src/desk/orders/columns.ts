import { t } from '@/i18n/i18n'
import type { Column } from '../lists/column'

const widths: Record<string, Omit<Column, 'key' | 'title'>> = {
  number: { width: 7.2, grow: 0.2 },
  status: { width: 6.4, grow: 0.2 },
  priority: { width: 6.2, grow: 0.2 },
  item: { width: 11, grow: 2 },
  place: { width: 10, grow: 1.6 },
  department: { width: 7, grow: 1 },
  contact: { width: 6, grow: 0.8 },
  words: { width: 10, grow: 1.6 },
  team: { width: 6.5, grow: 0.8 },
  assignee: { width: 5, grow: 0.5 },
  due: { width: 9.5, grow: 0.3 },
  reported: { width: 7.2, grow: 0.3 },
  finished: { width: 7.2, grow: 0.3 },
  urges: { width: 3.5, grow: 0.2, align: 'number' },
  rating: { width: 4, grow: 0.2, align: 'number' },
  asset: { width: 9, grow: 1 },
  campus: { width: 6, grow: 0.5 },
  mode: { width: 4, grow: 0.2 },
}

/** Every column a list of orders may have, in their usual order. */
export const orderColumns = Object.keys(widths)

/** The columns shown until somebody chooses others. */
export const usualColumns = ['number', 'status', 'priority', 'item', 'place', 'department', 'team', 'assignee', 'due', 'reported']

/** The columns of the keys, named in the language in use. */
export const columnsOf = (keys: readonly string[]): Column[] =>
  keys.filter((key) => widths[key]).map((key) => ({ key, title: t(`column.${key}`), ...widths[key] }))
