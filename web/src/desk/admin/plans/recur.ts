/** A recurrence as the form asks for it; what the form cannot say stands in `own`, as an RFC 5545 rule. */
export interface Recur {
  every: 'DAILY' | 'WEEKLY' | 'MONTHLY' | 'YEARLY' | 'own'
  interval: number
  /** Weekdays, Sunday is 0. */
  days: number[]
  /** Day of the month; -1 is the last. */
  monthDay: number
  own: string
}

const names = ['SU', 'MO', 'TU', 'WE', 'TH', 'FR', 'SA']

export const plainRecur = (): Recur => ({ every: 'WEEKLY', interval: 1, days: [1], monthDay: 1, own: '' })

/** The rule that the form says. */
export function ruleOf(recur: Recur): string {
  if (recur.every === 'own') return recur.own.trim()
  const parts = [`FREQ=${recur.every}`]
  if (recur.interval > 1) parts.push(`INTERVAL=${recur.interval}`)
  if (recur.every === 'WEEKLY' && recur.days.length > 0) parts.push(`BYDAY=${[...recur.days].sort().map((day) => names[day]).join(',')}`)
  if (recur.every === 'MONTHLY') parts.push(`BYMONTHDAY=${recur.monthDay}`)
  return parts.join(';')
}

/** The form for a rule; one that the form cannot say whole is shown as it is. */
export function recurOf(rule: string): Recur {
  const recur = plainRecur()
  const own = { ...recur, every: 'own' as const, own: rule }
  const parts = new Map(rule.toUpperCase().split(';').map((part) => part.split('=') as [string, string]))
  const every = parts.get('FREQ')
  if (every !== 'DAILY' && every !== 'WEEKLY' && every !== 'MONTHLY' && every !== 'YEARLY') return own
  recur.every = every
  recur.interval = Number(parts.get('INTERVAL') ?? 1)
  recur.days = (parts.get('BYDAY') ?? '').split(',').map((name) => names.indexOf(name)).filter((day) => day >= 0)
  recur.monthDay = Number(parts.get('BYMONTHDAY') ?? 1)
  const same = (a: string) => a.split(';').map((part) => (part.startsWith('BYDAY=') ? `BYDAY=${part.slice(6).split(',').sort().join(',')}` : part)).sort().join(';')
  return same(ruleOf(recur)) === same(rule.toUpperCase().replace(/;INTERVAL=1(?=;|$)/, '')) ? recur : own
}
