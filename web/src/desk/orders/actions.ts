/** A command on an order as the desk offers it: its key, and whether it asks for something first. */
export interface Act {
  kind: string
  keys: string
  asks: boolean
  group: 'give' | 'work' | 'end'
}

/** All commands in the order in which they are offered; which may be given now, the order says. */
export const acts: Act[] = [
  { kind: 'intake', keys: 'i', asks: false, group: 'give' },
  { kind: 'dispatch', keys: 'd', asks: true, group: 'give' },
  { kind: 'pool', keys: 'p', asks: true, group: 'give' },
  { kind: 'grab', keys: 'y', asks: false, group: 'give' },
  { kind: 'accept', keys: 'c', asks: false, group: 'work' },
  { kind: 'arrive', keys: 'o', asks: false, group: 'work' },
  { kind: 'remote_solve', keys: 's', asks: true, group: 'work' },
  { kind: 'finish', keys: 'f', asks: true, group: 'work' },
  { kind: 'hold', keys: 'h', asks: true, group: 'work' },
  { kind: 'resume', keys: 'r', asks: false, group: 'work' },
  { kind: 'convert', keys: 'v', asks: true, group: 'work' },
  { kind: 'task_add', keys: 'w', asks: true, group: 'work' },
  { kind: 'transfer', keys: 't', asks: true, group: 'give' },
  { kind: 'refuse', keys: 'b', asks: true, group: 'work' },
  { kind: 'call_back', keys: 'b', asks: true, group: 'end' },
  { kind: 'confirm', keys: 'y', asks: true, group: 'end' },
  { kind: 'not_solved', keys: 'z', asks: true, group: 'end' },
  { kind: 'rate', keys: 'shift+r', asks: true, group: 'end' },
  { kind: 'urge', keys: 'u', asks: true, group: 'give' },
  { kind: 'escalate', keys: 'l', asks: true, group: 'give' },
  { kind: 'amend', keys: 'a', asks: true, group: 'give' },
  { kind: 'note', keys: 'n', asks: true, group: 'work' },
  { kind: 'merge', keys: 'm', asks: true, group: 'end' },
  { kind: 'close', keys: 'e', asks: true, group: 'end' },
  { kind: 'cancel', keys: 'q', asks: true, group: 'end' },
]

/** Those that may be given now; the first of a key keeps it. */
export function offered(actions: readonly string[]): Act[] {
  const taken = new Set<string>()
  return acts
    .filter((act) => actions.includes(act.kind))
    .map((act) => {
      const free = !taken.has(act.keys)
      taken.add(act.keys)
      return free ? act : { ...act, keys: '' }
    })
}
