import { reactive } from 'vue'

export interface Toast {
  id: number
  text: string
  tone: 'plain' | 'good' | 'bad'
  /** Called when the user takes the action back. */
  undo?: () => void
}

/** The messages shown now, oldest first. */
export const toasts = reactive<Toast[]>([])

const timers = new Map<number, ReturnType<typeof setTimeout>>()
let lastId = 0

/** Takes a message away. */
export function dismiss(id: number): void {
  clearTimeout(timers.get(id))
  timers.delete(id)
  const at = toasts.findIndex((toast) => toast.id === id)
  if (at >= 0) toasts.splice(at, 1)
}

function show(toast: Omit<Toast, 'id'>, forMs: number): number {
  const id = ++lastId
  // Of what went well only the last is news.
  if (toast.tone === 'good') toasts.filter((one) => one.tone === 'good').forEach((one) => dismiss(one.id))
  toasts.push({ id, ...toast })
  timers.set(
    id,
    setTimeout(() => dismiss(id), forMs),
  )
  // More than three at once cannot be read.
  while (toasts.length > 3) dismiss(toasts[0]!.id)
  return id
}

/** Says that something was done. */
export function say(text: string): number {
  return show({ text, tone: 'good' }, 4000)
}

/** Says that something went wrong; stays longer. */
export function complain(text: string): number {
  return show({ text, tone: 'bad' }, 8000)
}

/** Says what was done and lets it be undone for eight seconds. */
export function offerUndo(text: string, undo: () => void): number {
  return show({ text, tone: 'plain', undo }, 8000)
}
