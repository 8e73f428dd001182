/** The server's faults of the item's questions (form.KEY), by the key of the question. */
export function formFaults(faults: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(faults)
      .filter(([field]) => field.startsWith('form.'))
      .map(([field, message]) => [field.slice('form.'.length), message]),
  )
}
