import type { PersonFacts } from '../../api/people'

/** A person nothing is known of yet. */
export const blankFacts = (): PersonFacts => ({ name: '' })

const keys = ['name', 'staffNo', 'login', 'phone', 'email', 'title', 'campusId', 'departmentId', 'vendorId', 'language'] as const

/** The facts as they are sent: trimmed, and without what was left empty. */
export function tidyFacts(facts: PersonFacts): PersonFacts {
  const out: Record<string, unknown> = {}
  for (const key of keys) {
    const value = facts[key]?.trim()
    if (value) out[key] = value
  }
  return { name: '', ...out } as PersonFacts
}
