import { ref } from 'vue'
import { recall, remember } from '@/device/remember'
import { me } from '@/session/session'
import type { OrderFilter } from '../api/orders'
import { usualColumns } from './columns'

/** A list somebody wants again: its filter, and the columns it is looked at with. */
export interface SavedView {
  name: string
  filter: OrderFilter
  columns?: string[]
}

const key = (what: string) => `${what}.${me.value?.id ?? ''}`

function read<T>(what: string, fallback: T): T {
  try {
    return (JSON.parse(recall(key(what)) ?? 'null') as T | null) ?? fallback
  } catch {
    return fallback
  }
}

/** The views and columns this person keeps on this device. */
export function useViews() {
  const views = ref<SavedView[]>(read<SavedView[]>('views', []))
  const columns = ref<string[]>(read<string[]>('columns', usualColumns))
  return {
    views,
    columns,
    keep(view: SavedView): void {
      views.value = [...views.value.filter((one) => one.name !== view.name), view]
      remember(key('views'), JSON.stringify(views.value))
    },
    drop(name: string): void {
      views.value = views.value.filter((one) => one.name !== name)
      remember(key('views'), JSON.stringify(views.value))
    },
    setColumns(next: string[]): void {
      columns.value = next
      remember(key('columns'), JSON.stringify(next))
    },
  }
}

/** Lists everybody has, by the word their name has in the messages (view.NAME). */
export const builtinViews: { name: string; filter: OrderFilter }[] = [
  { name: 'open', filter: { open: true } },
  { name: 'unassigned', filter: { status: ['reported', 'queued'] } },
  { name: 'overdue', filter: { open: true, overdue: true, sort: 'due' } },
  { name: 'working', filter: { status: ['accepted', 'working'] } },
  { name: 'held', filter: { status: ['held'] } },
  { name: 'mine', filter: { assigneeId: 'me', open: true } },
  { name: 'teamTasks', filter: { taskTeamId: 'mine', open: true } },
  { name: 'all', filter: {} },
]
