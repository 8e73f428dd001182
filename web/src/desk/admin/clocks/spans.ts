import type { Schemas } from '@/api/client'

type Interval = Schemas['SlaInterval']
type Day = Schemas['SlaDay']

/** Hours as people write them: "08:00-12:00, 13:30-17:30". */
export const spanText = (list: readonly Interval[] | null | undefined): string => (list ?? []).map((one) => `${one.from}-${one.to}`).join(', ')

export function readSpans(text: string): Interval[] {
  return text
    .split(/[,;\uff0c\uff1b\s]+/)
    .filter((part) => part !== '')
    .map((part) => {
      const [from = '', to = ''] = part.split(/[-–~]/)
      const full = (time: string) => (/^\d:/.test(time) ? `0${time}` : time)
      return { from: full(from), to: full(to) }
    })
}

/** What days off and days worked are called. */
export interface DayWords {
  off: string
  work: string
}

/** Days of one's own, one a line: date, the word or hours, name. */
export function dayText(days: Record<string, Day>, words: DayWords): string {
  const kind = (day: Day) => (day.kind === 'own' ? undefined : words[day.kind as keyof DayWords]) ?? spanText(day.intervals).replaceAll(' ', '')
  return Object.keys(days)
    .sort()
    .map((date) => `${date} ${kind(days[date]!)} ${days[date]!.name ?? ''}`.trim())
    .join('\n')
}

export function readDays(text: string, words: DayWords): Record<string, Day> {
  const out: Record<string, Day> = {}
  for (const line of text.split('\n')) {
    const [date = '', what = '', ...name] = line.trim().split(/\s+/)
    if (date === '') continue
    const called = name.join(' ')
    if (what === words.off || what === 'off') out[date] = { kind: 'off', name: called }
    else if (what === words.work || what === 'work') out[date] = { kind: 'work', name: called }
    else out[date] = { kind: 'own', name: called, intervals: readSpans(what) }
  }
  return out
}
