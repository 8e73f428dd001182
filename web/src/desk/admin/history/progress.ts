import type { BatchSummary } from '../../api/history'

export const stateTones: Record<string, string> = { draft: 'grey', checking: 'blue', checked: 'teal', importing: 'blue', stopped: 'amber', imported: 'green', undoing: 'blue', undone: 'grey', failed: 'red' }

/** States in which work is under way. */
export const isBusy = (state: string) => state === 'checking' || state === 'importing' || state === 'undoing'

/** How far the work under way is, whole percent; undefined when none is or its amount is not known yet. */
export function percent(batch: Pick<BatchSummary, 'state' | 'done' | 'total' | 'undoDone' | 'undoTotal'>): number | undefined {
  if (!isBusy(batch.state)) return undefined
  const [done, of] = batch.state === 'undoing' ? [batch.undoDone, batch.undoTotal] : [batch.done, batch.total]
  return of > 0 ? Math.min(100, Math.floor((100 * done) / of)) : undefined
}
