/** One thing a type-ahead offers. */
export interface Choice {
  id: string
  title: string
  /** What tells it from others of the same name. */
  detail?: string
  disabled?: boolean
  /** The thing itself, for whoever picked it. */
  data?: unknown
}

/** Choices of a fixed few by what was typed: the words in any title or detail, or the number in the list. */
export function amongst(choices: readonly Choice[], words: string): Choice[] {
  const wanted = words.toLowerCase()
  if (wanted === '') return [...choices]
  if (/^\d{1,2}$/.test(wanted)) {
    const numbered = choices[Number(wanted) - 1]
    if (numbered) return [numbered]
  }
  return choices.filter((choice) => `${choice.title} ${choice.detail ?? ''} ${choice.id}`.toLowerCase().includes(wanted))
}
