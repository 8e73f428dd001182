import { reactive } from 'vue'
import { recall, remember } from '@/device/remember'

/** What the board can be heard of, each with a tune of its own: frequencies in hertz. */
export const tunes: Record<string, number[]> = {
  urgent: [880, 660, 880, 660],
  report: [660],
  urge: [740, 740],
  overdue: [520, 390, 520],
  due_soon: [590, 490],
  refuse: [440, 330],
}
export type Tune = keyof typeof tunes

interface Choice {
  muted: boolean
  on: string[]
}
const first: Choice = { muted: true, on: ['urgent', 'urge', 'overdue'] }

function read(): Choice {
  try {
    const kept = JSON.parse(recall('board.sounds') ?? 'null') as Choice | null
    return kept && Array.isArray(kept.on) ? { muted: kept.muted !== false, on: kept.on.filter((one) => one in tunes) } : { ...first }
  } catch {
    return { ...first }
  }
}

/** What this device sounds for; muted until somebody wants it. */
export const sounds = reactive<Choice>(read())

function keep(): void {
  remember('board.sounds', JSON.stringify(sounds))
}
export function mute(on: boolean): void {
  sounds.muted = on
  keep()
}
export function choose(tune: string, on: boolean): void {
  sounds.on = on ? [...sounds.on.filter((one) => one !== tune), tune] : sounds.on.filter((one) => one !== tune)
  keep()
}

let context: AudioContext | null = null
let busyUntil = 0

/** Plays a tune, unless one sounds already. A browser that lets nothing sound before a press stays silent. */
export function play(tune: string): void {
  const notes = tunes[tune]
  if (!notes) return
  try {
    context ??= new AudioContext()
    if (context.state === 'suspended') void context.resume()
    const from = context.currentTime
    if (from < busyUntil) return
    notes.forEach((hertz, index) => {
      const tone = context!.createOscillator()
      const volume = context!.createGain()
      tone.frequency.value = hertz
      volume.gain.setValueAtTime(0.15, from + index * 0.16)
      volume.gain.exponentialRampToValueAtTime(0.001, from + index * 0.16 + 0.15)
      tone.connect(volume).connect(context!.destination)
      tone.start(from + index * 0.16)
      tone.stop(from + index * 0.16 + 0.16)
    })
    busyUntil = from + notes.length * 0.16
  } catch {
    return
  }
}

/** The tune of a push about an order, or undefined when it has none. */
export function tuneOf(push: unknown): string | undefined {
  const data = (push as { data?: { kind?: string; priority?: string } } | null)?.data
  if (!data?.kind) return undefined
  if (data.kind === 'report' && (data.priority === 'P1' || data.priority === 'T0')) return 'urgent'
  return data.kind in tunes ? data.kind : undefined
}

/** Sounds for a push, if that is wanted here. */
export function ring(push: unknown): void {
  const tune = tuneOf(push)
  if (tune && !sounds.muted && sounds.on.includes(tune)) play(tune)
}
