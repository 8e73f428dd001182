import { pick, t } from '@/i18n/i18n'
import { holdName } from './reasons'
import { dateWords } from '@/time/words'
import type { TimelineStep } from '@/ui/Timeline.vue'
import type { OrderEvent, OrderFacts } from './order'

/** Which team had each task when an event happened. */
function teamsOfTasks(events: readonly OrderEvent[]): Map<string, string> {
  const now = new Map<string, string>()
  const then = new Map<string, string>()
  for (const { id, facts } of events) {
    const task = facts.task?.id ?? facts.taskId
    if (!task) continue
    const team = facts.task?.teamName ?? facts.teamName
    if (team) now.set(task, team)
    then.set(id, now.get(task) ?? '')
  }
  return then
}

function title(event: OrderEvent, team: string): string {
  const { facts } = event
  const kind = event.kind === 'squad' && !facts.squad ? 'squad_end' : event.kind
  return t(`event.${kind}`, {
    name: facts.owner?.name && event.kind === 'own' ? facts.owner.name : (facts.squad?.leaderName ?? facts.assigneeName ?? facts.teamName ?? ''),
    squad: facts.squad?.name ?? '',
    team: facts.teamName ?? facts.task?.teamName ?? team,
    number: facts.intoNumber ?? '',
    person: facts.personName ?? '',
    score: facts.scores?.overall ?? '',
    outcome: facts.guide ? t(`guide.outcome.${facts.guide.outcome}`) : '',
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
    facts.leg?.outcome ? t(`leg.${facts.leg.outcome}`) : undefined,
    facts.leg?.secondName ? t('leg.second', { name: facts.leg.secondName }) : undefined,
    facts.leg?.missing || facts.leg?.extra ? t('leg.differs', { missing: facts.leg.missing ?? 0, extra: facts.leg.extra ?? 0 }) : undefined,
    facts.outcome ? t(`outcome.${facts.outcome}`) : undefined,
    facts.cause ? t('story.cause', { text: facts.cause }) : undefined,
    facts.remedy ? t('story.remedy', { text: facts.remedy }) : undefined,
    facts.task?.note,
    ...(facts.guide?.steps ?? []).map((step) => `${t(`guide.mark.${step.outcome}`)} ${pick(step.zh, step.en)}`),
    facts.guide?.note !== facts.note ? facts.guide?.note : undefined,
    facts.why ? t('story.why', { mode: t(`mode.${facts.why.mode}`), text: pick(facts.why.nameZh, facts.why.nameEn) }) : undefined,
    facts.note,
    facts.scores?.comment,
  ]
    .filter(Boolean)
    .join('\n')
}

/** An order's events in words, newest first. */
export function story(events: readonly OrderEvent[]): TimelineStep[] {
  const teams = teamsOfTasks(events)
  return [...events]
    .sort((a, b) => b.seq - a.seq)
    .map((event, index) => ({
      id: event.id,
      title: title(event, teams.get(event.id) ?? ''),
      person: [event.actorId === 'system' ? t('story.system') : event.actorName, event.placeName].filter(Boolean).join(' · '),
      note: notes(event) || undefined,
      occurredAt: event.at,
      recordedAt: event.recordedAt,
      state: index === 0 ? 'now' : 'done',
    }))
}
