import type { OrderState } from '@/ui/status'
import type { ScreenData, ScreenOrder } from './feed'

/** The states in which work is still to be done, in the order of the work; the server calls an order in one of them open. */
const openStates: readonly OrderState[] = ['reported', 'queued', 'pooled', 'assigned', 'accepted', 'working', 'held']

/** How many open orders there are in each state; states without any count as 0, so that no box comes or goes. */
export function byState(open: ScreenData['open']): { state: OrderState; count: number }[] {
  return openStates.map((state) => ({ state, count: open.reduce((sum, one) => (one.status === state ? sum + one.count : sum), 0) }))
}

/** How many open orders are late, and how many are of the highest priority. */
export function pressing(open: ScreenData['open']): { late: number; urgent: number } {
  const sum = (which: (one: ScreenData['open'][number]) => boolean) => open.reduce((total, one) => (which(one) ? total + one.count : total), 0)
  return { late: sum((one) => one.overdue), urgent: sum((one) => one.priority === 'P1' || one.priority === 'T0') }
}

export interface TeamLoad {
  /** Empty for the orders of all teams that have no bar of their own. */
  id: string
  name: string
  count: number
  late: number
}

/**
 * Open orders by team, the busiest first, in at most `bars` bars: when there are more teams, the last bar holds the
 * rest. Orders that no team has yet are among the rest.
 */
export function byTeam(open: ScreenData['open'], bars: number): TeamLoad[] {
  const teams = new Map<string, TeamLoad>()
  for (const { teamId, teamName, count, overdue } of open) {
    const team = teams.get(teamId) ?? { id: teamId, name: teamName, count: 0, late: 0 }
    team.count += count
    if (overdue) team.late += count
    teams.set(teamId, team)
  }
  const none = teams.get('')
  teams.delete('')
  const sorted = [...teams.values()].sort((a, b) => b.count - a.count || (a.id < b.id ? -1 : 1))
  const room = sorted.length + (none ? 1 : 0) > bars ? bars - 1 : bars
  const rest = [...sorted.slice(room), ...(none ? [none] : [])]
  const shown = sorted.slice(0, room)
  if (rest.length === 0) return shown
  const sum = (of: (team: TeamLoad) => number) => rest.reduce((total, team) => total + of(team), 0)
  return [...shown, { id: '', name: '', count: sum((team) => team.count), late: sum((team) => team.late) }]
}

/**
 * A place as building, floor and room. The campus is left out for want of room, the bed because the screen hangs
 * where anyone may look. A place of one or two steps stays whole.
 */
export function placeWords(placeName: string): string {
  const steps = placeName.split('/')
  return (steps.length > 2 ? steps.slice(1, 4) : steps).join(' ')
}

/** A part of a whole in whole percent; undefined when the whole is nothing. */
export function percent(part: number, whole: number): number | undefined {
  return whole > 0 ? Math.round((part * 100) / whole) : undefined
}

/** The clock that tells most about a late order, and how far its finish is over (positive) or ahead (negative), in milliseconds. */
export function lateness(order: ScreenOrder, now: number): { clock: 'finish' | 'arrive' | 'respond'; over: number | undefined } {
  const over = order.finishDue ? now - order.finishDue : undefined
  const ran = (order.overdue ?? '').split(',')
  if ((over !== undefined && over >= 0) || ran.includes('finish')) return { clock: 'finish', over }
  return { clock: ran.includes('arrive') ? 'arrive' : 'respond', over }
}

/** A span in whole hours and minutes, for a wall: seconds would only flicker. */
export function hoursAndMinutes(ms: number): { hours: number; minutes: number } {
  const minutes = Math.floor(Math.abs(ms) / 60_000)
  return { hours: Math.floor(minutes / 60), minutes: minutes % 60 }
}
