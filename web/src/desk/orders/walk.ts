/** The list somebody came from, so that J and K go on to its next and previous order. */
let list: string[] = []

export function rememberList(ids: string[]): void {
  list = ids
}

/** The order that many places further in that list, or undefined. */
export function neighbour(id: string, by: number): string | undefined {
  const at = list.indexOf(id)
  return at < 0 ? undefined : list[at + by]
}
