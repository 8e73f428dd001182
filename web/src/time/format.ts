/** The words the date forms need; handed in so that the rules stay free of the language. */
export interface DateWords {
  today: string
  yesterday: string
  tomorrow: string
}

const pad = (n: number) => String(n).padStart(2, '0')

function dayNumber(ms: number): number {
  const d = new Date(ms)
  return Math.round(Date.UTC(d.getFullYear(), d.getMonth(), d.getDate()) / 86_400_000)
}

/** 14:05 in the device's time zone. */
export function clockTime(ms: number): string {
  const d = new Date(ms)
  return `${pad(d.getHours())}:${pad(d.getMinutes())}`
}

/**
 * The one date form of the product: the word for today, yesterday or tomorrow and the time; else 11-22 14:05;
 * the year is added when it is not this year's.
 */
export function shortDate(ms: number, now: number, words: DateWords): string {
  const days = dayNumber(ms) - dayNumber(now)
  const time = clockTime(ms)
  if (days === 0) return `${words.today} ${time}`
  if (days === -1) return `${words.yesterday} ${time}`
  if (days === 1) return `${words.tomorrow} ${time}`
  const d = new Date(ms)
  const day = `${pad(d.getMonth() + 1)}-${pad(d.getDate())}`
  const year = d.getFullYear() === new Date(now).getFullYear() ? '' : `${d.getFullYear()}-`
  return `${year}${day} ${time}`
}

export type SpanUnit = 'now' | 'minutes' | 'hours' | 'days'

/** How long a span is in its largest whole unit: below a minute 'now', then minutes, hours, days. */
export function span(ms: number): { unit: SpanUnit; count: number } {
  const minutes = Math.floor(Math.abs(ms) / 60_000)
  if (minutes < 1) return { unit: 'now', count: 0 }
  if (minutes < 60) return { unit: 'minutes', count: minutes }
  const hours = Math.floor(minutes / 60)
  if (hours < 24) return { unit: 'hours', count: hours }
  return { unit: 'days', count: Math.floor(hours / 24) }
}

/** 04:59 below an hour, 1:04:59 below a day, else whole days and hours are left to the caller's words. */
export function countdownDigits(ms: number): string {
  const total = Math.floor(Math.abs(ms) / 1000)
  const hours = Math.floor(total / 3600)
  const minutes = Math.floor((total % 3600) / 60)
  const seconds = total % 60
  return hours > 0 ? `${hours}:${pad(minutes)}:${pad(seconds)}` : `${pad(minutes)}:${pad(seconds)}`
}

export type DueState = 'fine' | 'soon' | 'overdue'

/**
 * Whether a deadline is near: overdue from the deadline on; soon in the last fifth of the limit before it, at
 * least one and at most sixty minutes, as the server warns. Without the clock's start, the last fifteen minutes.
 */
export function dueState(dueAt: number, now: number, startedAt?: number): DueState {
  if (now >= dueAt) return 'overdue'
  const lead = startedAt === undefined ? 15 * 60_000 : (dueAt - startedAt) / 5
  const margin = Math.min(60 * 60_000, Math.max(60_000, lead))
  return dueAt - now <= margin ? 'soon' : 'fine'
}

/** The value a date input wants (2026-11-22T14:05, local). */
export function toLocalInput(ms: number): string {
  const d = new Date(ms)
  return `${d.getFullYear()}-${pad(d.getMonth() + 1)}-${pad(d.getDate())}T${clockTime(ms)}`
}
