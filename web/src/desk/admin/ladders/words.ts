import { t } from '@/i18n/i18n'
import { spanWords } from '@/time/words'
import type { LadderStep } from '../../api/supervise'

/** When a step of a ladder fires, in words. */
export function whenWords(step: LadderStep): string {
  const span = spanWords(Math.abs(step.minutes) * 60_000)
  switch (step.when) {
    case 'clock':
      return t(step.minutes < 0 ? 'ladder.before' : step.minutes > 0 ? 'ladder.after' : 'ladder.at', { clock: t(`clock.${step.clock || 'finish'}`), span })
    case 'reported':
      return t('ladder.afterReport', { span })
    case 'status':
      return t('ladder.inStatus', { status: t(`status.${step.status || 'queued'}`), span })
    default:
      return t('ladder.urged', { n: step.urges ?? 0 })
  }
}

/** How often a step is repeated, in words; empty when it is not. */
export const repeatWords = (step: LadderStep) => (step.every ? t('ladder.repeats', { span: spanWords(step.every * 60_000), n: step.times ?? 0 }) : '')

/** Whom a step reminds, in words. */
export const toWords = (step: LadderStep) => (step.to ?? []).map((part) => t(`ladder.part.${part}`)).join(t('ladder.and'))
