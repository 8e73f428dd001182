import { t } from '@/i18n/i18n'
import type { Merit } from '../api/dispatch'

/** The tools that the desk offers; others are kept as they were typed. */
export const tools = ['remoteHelp', 'ladder', 'spare', 'cart', 'protective', 'mask']

/** What the reason is about: tools by their names, places without the campus. */
function about(part: Merit): string {
  const text = part.text ?? ''
  if (part.code === 'distance') return text.split('/').slice(1).join('/')
  return text
    .split('、')
    .map((word) => (tools.includes(word) ? t(`tool.${word}`) : word))
    .join(t('merit.and'))
}

/** One reason for or against a person: the fact and what it counts. */
export function sayMerit(part: Merit): string {
  return `${t(`merit.${part.code}`, { n: part.n ?? 0, text: about(part) })} ${part.points > 0 ? '+' : ''}${part.points}`
}
