/** What a scanned or typed text asks for. */
export type Scanned =
  /** The code of an asset, place or service point. */
  | { kind: 'code'; code: string }
  /** An order's own link for people without an account. */
  | { kind: 'token'; token: string }
  | { kind: 'unknown'; text: string }

const codeText = /^[A-Za-z0-9._~-]{3,200}$/

/**
 * Reads a label: our labels carry an address ending in /m/s/CODE or /p/CODE; order slips one ending in /m/t/TOKEN.
 * People also type or paste the bare code. Addresses of other hosts are read the same way, since a label may
 * have been printed under an older name of the server; only the code in it is used.
 */
export function readCode(text: string): Scanned {
  const trimmed = text.trim()
  const link = /^https?:\/\/[^/]+\/(?:(m\/s|p)|(m\/t))\/([^/?#]+)\/?(?:[?#].*)?$/i.exec(trimmed)
  if (link) {
    const value = decodeURIComponent(link[3]!)
    if (!codeText.test(value)) return { kind: 'unknown', text: trimmed }
    return link[2] ? { kind: 'token', token: value } : { kind: 'code', code: value }
  }
  if (codeText.test(trimmed)) return { kind: 'code', code: trimmed }
  return { kind: 'unknown', text: trimmed }
}
