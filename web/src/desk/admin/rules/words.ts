import { t } from '@/i18n/i18n'
import type { Definition } from '../../api/rules'

/** A trigger in words. */
export function triggerWords(trigger: Definition['trigger']): string {
  const minutes = Math.abs(trigger.minutes ?? 0)
  switch (trigger.kind) {
    case 'event':
      return (trigger.events ?? []).map((kind) => t(`rule.event.${kind}`)).join(t('rule.or'))
    case 'due':
      return t((trigger.minutes ?? 0) < 0 ? 'rule.before' : 'rule.after', { n: minutes, clock: t(`clock.${trigger.clock}`) })
    case 'status':
      return t('rule.standing', { n: minutes, status: t(`status.${trigger.status}`) })
    default:
      return t('rule.daily', { at: trigger.at ?? '' })
  }
}
