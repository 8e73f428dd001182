/** Whom an incident affects, as it is edited. */
export interface Affected {
  everywhere: boolean
  campusIds: string[]
  departmentIds: string[]
}
export const noOne = (): Affected => ({ everywhere: false, campusIds: [], departmentIds: [] })
export const affectedOf = (affected: Affected): Affected => (affected.everywhere ? { ...noOne(), everywhere: true } : { ...affected })
