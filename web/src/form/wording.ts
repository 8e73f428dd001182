import { t } from '@/i18n/i18n'
import type { FieldFault, FormField } from './fields'

/** The faults of a form in words, by field key. */
export function faultWords(fields: readonly FormField[], found: Record<string, FieldFault>): Record<string, string> {
  return Object.fromEntries(
    fields.filter((field) => found[field.key]).map((field) => [field.key, t(`form.fault.${found[field.key]}`, { min: field.min, max: field.max })]),
  )
}
