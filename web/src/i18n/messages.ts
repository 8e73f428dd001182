/** The texts of one language: nested by subject, each leaf a text with {name} places. */
export interface Messages {
  [key: string]: string | Messages
}

/** The text under a dotted key, or undefined. */
export function find(messages: Messages, key: string): string | undefined {
  let node: string | Messages | undefined = messages
  for (const part of key.split('.')) {
    if (typeof node !== 'object') return undefined
    node = node[part]
  }
  return typeof node === 'string' ? node : undefined
}

/** Puts values into the {name} places of a text; a place without a value stays as it is. */
export function fill(text: string, values: Record<string, unknown>): string {
  return text.replace(/\{(\w+)\}/g, (place, name: string) => (name in values ? String(values[name]) : place))
}

/** Two sets of texts as one; on the same key the second wins. */
export function merge(first: Messages, second: Messages): Messages {
  const out: Messages = { ...first }
  for (const [key, value] of Object.entries(second)) {
    const known = out[key]
    out[key] = typeof known === 'object' && typeof value === 'object' ? merge(known, value) : value
  }
  return out
}
