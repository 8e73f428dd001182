import { t } from '@/i18n/i18n'
import { asProblem } from './problem'

/** What to tell the user about a failed call: the server's own words, or ours when it had none. */
export function problemWords(thrown: unknown): string {
  const problem = asProblem(thrown)
  if (problem.message) return problem.message
  if (problem.status === 0) return t('problem.offline')
  if (problem.status === 403) return t('problem.forbidden')
  if (problem.status === 404) return t('problem.notFound')
  if (problem.status === 413) return t('problem.tooLarge')
  if (problem.status === 429) return t('problem.tooMany')
  return t('problem.other')
}

/**
 * The same for places that show no fields: what is wrong with each of them, instead of how many there are.
 */
export function problemDetails(thrown: unknown): string {
  const messages = new Set(asProblem(thrown).fields.map((field) => field.message).filter(Boolean))
  return messages.size > 0 ? [...messages].join('; ') : problemWords(thrown)
}
