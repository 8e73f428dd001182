import { t } from '@/i18n/i18n'
import { holdName } from './reasons'
import { dateWords } from '@/time/words'
import type { TimelineStep } from '@/ui/Timeline.vue'
import type { OrderEvent, OrderFacts } from './order'

function title(event: OrderEvent): string {
  const { facts } = event
  return t(`event.${event.kind}`, {
    name: facts.assigneeName ?? facts.teamName ?? '',
    team: facts.teamName ?? facts.task?.teamName ?? '',
    number: facts.intoNumber ?? '',
    person: facts.personName ?? '',
    score: facts.scores?.overall ?? '',
    clock: facts.clock ? t(`clock.${facts.clock}`) : '',
  })
}

function reason(kind: string, facts: OrderFacts): string | undefined {
  if (!facts.reason) return undefined
  if (kind === 'hold') return holdName(facts.reason)
  if (kind === 'close') return t(`closeReason.${facts.reason}`)
  return facts.reason
}

function notes(event: OrderEvent): string {
  const { facts } = event
  return [
    reason(event.kind, facts),
    facts.until ? t(event.kind === 'watch' ? 'story.due' : 'story.until', { time: dateWords(facts.until) }) : undefined,
    facts.scanned ? t('story.scanned') : undefined,
    facts.outcome ? t(`outcome.${facts.outcome}`) : undefined,
    facts.cause ? t('story.cause', { text: facts.cause }) : undefined,
    facts.remedy ? t('story.remedy', { text: facts.remedy }) : undefined,
    facts.task?.note,
    facts.note,
    facts.scores?.comment,
  ]
    .filter(Boolean)
    .join('\n')
}

/** An order's events in words, newest first. */
export function story(events: readonly OrderEvent[]): TimelineStep[] {
  return [...events]
    .sort((a, b) => b.seq - a.seq)
    .map((event, index) => ({
      id: event.id,
      title: title(event),
      person: [event.actorId === 'system' ? t('story.system') : event.actorName, event.placeName].filter(Boolean).join(' · '),
      note: notes(event) || undefined,
      occurredAt: event.at,
      recordedAt: event.recordedAt,
      state: index === 0 ? 'now' : 'done',
    }))
}
