import type { Schemas } from '@/api/client'

/** One question of a catalogue item's form. */
export type FormField = Schemas['CatalogField']

/** Who fills the form in; each must answer other questions. */
export type Stage = 'report' | 'intake' | 'finish'

/** Whether the question must be answered at this stage. */
export function mustAnswer(field: FormField, stage: Stage): boolean {
  if (stage === 'report') return field.reporterRequired === true
  return (stage === 'finish' ? field.finishRequired : field.required) === true
}

/**
 * The answers given, by field key: numbers as typed, dates as Unix milliseconds; photos and signatures are files
 * until they are uploaded.
 */
export type Answers = Record<string, unknown>

function matches(answer: unknown, wanted: string): boolean {
  if (Array.isArray(answer)) return answer.map(String).includes(wanted)
  return answer !== undefined && answer !== null && String(answer) === wanted
}

/** The fields to ask now: a field whose condition fails is hidden, and so are those that hang on it. */
export function visibleFields(fields: readonly FormField[], answers: Answers): FormField[] {
  const byKey = new Map(fields.map((field) => [field.key, field]))
  const visible = (field: FormField, trail: ReadonlySet<string>): boolean => {
    if (!field.showIf) return true
    if (trail.has(field.key)) return false
    const parent = byKey.get(field.showIf.field)
    if (!parent || !visible(parent, new Set([...trail, field.key]))) return false
    return matches(answers[parent.key], field.showIf.equals)
  }
  return fields.filter((field) => visible(field, new Set()))
}

function empty(answer: unknown): boolean {
  return answer === undefined || answer === null || (typeof answer === 'string' && answer.trim() === '') || (Array.isArray(answer) && answer.length === 0)
}

export type FieldFault = 'required' | 'notNumber' | 'tooSmall' | 'tooLarge' | 'tooShort' | 'tooLong' | 'tooFew' | 'tooMany' | 'notOffered'

/** What is wrong with the answers at this stage, by field key; only fields that are shown count. */
export function faults(fields: readonly FormField[], answers: Answers, stage: Stage): Record<string, FieldFault> {
  const found: Record<string, FieldFault> = {}
  for (const field of visibleFields(fields, answers)) {
    const fault = fieldFault(field, answers[field.key], mustAnswer(field, stage))
    if (fault) found[field.key] = fault
  }
  return found
}

function fieldFault(field: FormField, answer: unknown, must: boolean): FieldFault | null {
  if (empty(answer)) return must ? 'required' : null
  if (field.kind === 'number') {
    const number = Number(answer)
    if (!Number.isFinite(number)) return 'notNumber'
    return outside(field, number, 'tooSmall', 'tooLarge')
  }
  if (field.kind === 'text') return outside(field, [...String(answer).trim()].length, 'tooShort', 'tooLong')
  if (field.options) {
    const offered = new Set(field.options.map((option) => option.value))
    const given = Array.isArray(answer) ? answer : [answer]
    if (given.some((value) => !offered.has(String(value)))) return 'notOffered'
  }
  return Array.isArray(answer) ? outside(field, answer.length, 'tooFew', 'tooMany') : null
}

function outside(field: FormField, amount: number, below: FieldFault, above: FieldFault): FieldFault | null {
  if (field.min !== undefined && amount < field.min) return below
  if (field.max !== undefined && amount > field.max) return above
  return null
}

/** The answers to send: those of shown fields that were answered, numbers as numbers. */
export function answersToSend(fields: readonly FormField[], answers: Answers): Answers {
  const out: Answers = {}
  for (const field of visibleFields(fields, answers)) {
    const answer = answers[field.key]
    if (empty(answer)) continue
    out[field.key] = field.kind === 'number' ? Number(answer) : answer
  }
  return out
}
