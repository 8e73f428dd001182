import { onScopeDispose, shallowReactive } from 'vue'

/**
 * One thing a key does. `keys` is a combination (`ctrl+enter`, `j`, `?`) or two keys one after the other
 * (`g o`); Ctrl stands for ⌘ too. While somebody types only combinations with Ctrl or Alt, and those marked
 * `typing`, count; while a dialog is open only those marked `inDialog`.
 */
export interface Shortcut {
  keys: string
  /** What it does, in the language in use; absent ones are not listed in the help. */
  label?: () => string
  run: () => void
  when?: () => boolean
  typing?: boolean
  inDialog?: boolean
}

const layers = shallowReactive<(() => Shortcut[])[]>([])

/** Every shortcut that may be used now and has a name; those of the innermost part first. */
export function activeShortcuts(): Shortcut[] {
  const seen = new Set<string>()
  return [...layers]
    .reverse()
    .flatMap((layer) => layer())
    .filter((shortcut) => shortcut.label && shortcut.when?.() !== false && !seen.has(shortcut.keys) && seen.add(shortcut.keys))
}

/** Offers shortcuts while the component lives; those of the part shown last win. */
export function useKeys(shortcuts: () => Shortcut[]): void {
  layers.push(shortcuts)
  onScopeDispose(() => {
    const at = layers.indexOf(shortcuts)
    if (at >= 0) layers.splice(at, 1)
  })
}

/** The combination a key press makes, or '' while a Chinese word is being composed. */
export function comboOf(event: Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey' | 'isComposing'>): string {
  if (event.isComposing || event.key === 'Process' || event.key === 'Dead') return ''
  const key = event.key.toLowerCase()
  if (['control', 'shift', 'alt', 'meta'].includes(key)) return ''
  const parts: string[] = []
  if (event.ctrlKey || event.metaKey) parts.push('ctrl')
  if (event.altKey) parts.push('alt')
  // Shift is part of the character already (?), and counts only for keys that have none.
  if (event.shiftKey && key.length > 1) parts.push('shift')
  parts.push(key === ' ' ? 'space' : key)
  return parts.join('+')
}

/** Whether keys go into a text here. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false
  if (target.isContentEditable) return true
  if (target instanceof HTMLInputElement) return !['checkbox', 'radio', 'button', 'submit', 'file', 'range'].includes(target.type)
  return target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement
}

const sequenceMs = 1200
let pending = ''
let pendingAt = 0

function find(combo: string, typing: boolean, inDialog: boolean): Shortcut | undefined {
  const withModifier = /^(ctrl|alt)\+/.test(combo) || /^f\d+$/.test(combo)
  for (const layer of [...layers].reverse()) {
    const hit = layer().find(
      (shortcut) =>
        shortcut.keys === combo &&
        (!typing || withModifier || shortcut.typing === true) &&
        (!inDialog || shortcut.inDialog === true) &&
        shortcut.when?.() !== false,
    )
    if (hit) return hit
  }
  return undefined
}

function startsSequence(combo: string): boolean {
  return layers.some((layer) => layer().some((shortcut) => shortcut.keys.startsWith(`${combo} `)))
}

/** Looks at one key press and does what it stands for. */
export function pressed(event: KeyboardEvent): void {
  if (event.defaultPrevented) return
  const combo = comboOf(event)
  if (combo === '') return
  const typing = isTyping(event.target)
  const inDialog = document.querySelector('dialog[open]') !== null
  const sequence = pending && Date.now() - pendingAt < sequenceMs ? `${pending} ${combo}` : ''
  pending = ''
  const hit = (sequence && find(sequence, typing, inDialog)) || find(combo, typing, inDialog)
  if (hit) {
    event.preventDefault()
    hit.run()
  } else if (!typing && !inDialog && startsSequence(combo)) {
    pending = combo
    pendingAt = Date.now()
  }
}

/** Listens to the keyboard, once for the page. */
export function startKeys(): void {
  window.addEventListener('keydown', pressed)
}
