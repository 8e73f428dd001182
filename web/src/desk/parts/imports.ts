/** One line of a list that is to be imported, and what would become of it. */
export interface ImportLine {
  line: number
  action: string
  name?: string
  number?: string
  changes?: { column: string; from: string; to: string }[]
  problems?: { column?: string; message: string }[]
}

/** What an import would do; nothing has been written yet. */
export interface ImportPlan {
  token: string
  columns: string[]
  ignored?: string[]
  counts: { add: number; change: number; same: number; wrong: number }
  rows: ImportLine[]
  nextCursor?: string
}
