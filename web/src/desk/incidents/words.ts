import { t } from '@/i18n/i18n'
import type { TimelineStep } from '@/ui/Timeline.vue'
import type { IncidentEntry } from '../api/incidents'

/** The colour of an incident's status. */
export const statusTone = (status: string) => ({ open: 'tone-red', mitigated: 'tone-amber', resolved: 'tone-green', closed: 'tone-grey' })[status] ?? 'tone-grey'

function title(entry: IncidentEntry): string {
  if (entry.event === 'rate') return `${entry.number} · ${t('do.rate')}` // the entry does not tell the score
  if (entry.event) return `${entry.number} · ${t(`event.${entry.event}`, { name: entry.text ?? '', team: entry.text ?? '', number: '', score: '', clock: '' })}`
  if (entry.kind === 'status') {
    const status = (entry.text ?? '').split(' ')[0] ?? ''
    return `${t('incident.entry.status')} ${t(`incident.status.${status}`)}`
  }
  return [t(`incident.entry.${entry.kind}`), entry.number].filter(Boolean).join(' ')
}

function note(entry: IncidentEntry): string | undefined {
  if (entry.kind === 'status') return (entry.text ?? '').split(' ').slice(1).join(' ') || undefined
  if (entry.kind === 'all_solved') return t('incident.solvedN', { n: entry.text ?? '' })
  return entry.text || undefined
}

/** The timeline in words, the newest first. */
export const incidentStory = (entries: readonly IncidentEntry[]): TimelineStep[] =>
  [...entries].reverse().map((entry, index) => ({
    id: entry.id,
    title: title(entry),
    person: entry.actorId === 'system' ? t('story.system') : entry.actorName || undefined,
    note: note(entry),
    occurredAt: entry.at,
    recordedAt: entry.recordedAt,
    state: index === 0 ? 'now' : 'done',
  }))
