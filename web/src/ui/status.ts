/** The states of an order, as the API names them. */
export const orderStates = [
  'reported',
  'queued',
  'pooled',
  'assigned',
  'accepted',
  'working',
  'held',
  'finished',
  'confirmed',
  'closed',
  'cancelled',
  'merged',
] as const
export type OrderState = (typeof orderStates)[number]

export type Tone = 'blue' | 'purple' | 'magenta' | 'amber' | 'teal' | 'green' | 'grey' | 'red'

/** How a state looks: a hue, and a shape of its own on a 12×12 field so that colour is never needed to tell. */
export interface StateLook {
  tone: Tone
  /** Solid shapes are filled, others stroked. */
  solid: boolean
  path: string
}

const circle = 'M6 1.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9z'

export const stateLooks: Record<OrderState, StateLook> = {
  reported: { tone: 'blue', solid: false, path: circle },
  queued: { tone: 'purple', solid: false, path: 'M2 3h8M2 6h8M2 9h8' },
  pooled: { tone: 'magenta', solid: true, path: 'M6.8.5L2 7h3l-.8 4.5L9.5 5H6.3z' },
  assigned: { tone: 'amber', solid: false, path: 'M1.5 6h8M6.5 2.5L10 6l-3.5 3.5' },
  accepted: { tone: 'teal', solid: false, path: 'M2 6.5L5 9.5 10.5 3' },
  working: { tone: 'blue', solid: true, path: 'M3 1.5L10.5 6 3 10.5z' },
  held: { tone: 'grey', solid: true, path: 'M2.5 2h2.5v8H2.5zM7 2h2.5v8H7z' },
  finished: { tone: 'green', solid: false, path: `${circle}M3.8 6.2L5.4 7.8 8.3 4.6` },
  confirmed: { tone: 'green', solid: true, path: 'M1 2h10v6.5H6L3.5 11V8.5H1z' },
  closed: { tone: 'grey', solid: true, path: 'M2 2h8v8H2z' },
  cancelled: { tone: 'grey', solid: false, path: 'M2.5 2.5l7 7M9.5 2.5l-7 7' },
  merged: { tone: 'grey', solid: false, path: 'M2.5 1.5C2.5 6 6 6 6 10.5M9.5 1.5C9.5 6 6 6 6 10.5' },
}

/** True for a state word this page knows; an older page may meet a newer server. */
export function isOrderState(state: string): state is OrderState {
  return (orderStates as readonly string[]).includes(state)
}

/** States in which nothing more is expected of anyone. */
export function isOver(state: string): boolean {
  return state === 'closed' || state === 'cancelled' || state === 'merged'
}
