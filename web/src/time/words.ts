import { t } from '@/i18n/i18n'
import { shortDate, span } from './format'
import { serverNow } from './clock'

/** The product's date form in the language in use. */
export function dateWords(ms: number, now = serverNow()): string {
  return shortDate(ms, now, { today: t('time.today'), yesterday: t('time.yesterday'), tomorrow: t('time.tomorrow') })
}

/** A span in words: 3 minutes, 2 hours, 5 days. */
export function spanWords(ms: number): string {
  const { unit, count } = span(ms)
  return t(`time.${unit}`, { n: count })
}

/** How long ago: just now, 3 minutes ago. */
export function agoWords(ms: number, now = serverNow()): string {
  const { unit } = span(now - ms)
  return unit === 'now' ? t('time.justNow') : t('time.ago', { span: spanWords(now - ms) })
}
