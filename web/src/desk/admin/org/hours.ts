import type { Interval } from '../../api/roster'

const dayMinutes = 1440
const two = (n: number) => String(n).padStart(2, '0')

/** How people write the hours of a shift: 08:00-12:00 14:00-17:30; what ends before it begins ends on the next day. */
export function writeHours(list: readonly Interval[]): string {
  const clock = (minutes: number) => `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`
  return list.map(({ from, to }) => `${clock(from)}-${clock(to > dayMinutes ? to - dayMinutes : to)}`).join(' ')
}

/** Reads hours as people write them; undefined when that cannot be done. */
export function readHours(text: string): Interval[] | undefined {
  const out: Interval[] = []
  for (const part of text.replaceAll('\uff1a', ':').split(/[\s,，、;；]+/).filter(Boolean)) {
    const match = /^(\d{1,2}):(\d{2})[-–—~\u81f3](\d{1,2}):(\d{2})$/.exec(part)
    if (!match) return undefined
    const [h1, m1, h2, m2] = match.slice(1).map(Number) as [number, number, number, number]
    const from = h1 * 60 + m1
    let to = h2 * 60 + m2
    if (m1 > 59 || m2 > 59 || from >= dayMinutes || to > dayMinutes) return undefined
    if (to <= from) to += dayMinutes
    out.push({ from, to })
  }
  return out.length > 0 ? out : undefined
}
