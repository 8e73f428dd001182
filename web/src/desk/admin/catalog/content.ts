import type { Content } from '../../api/catalog'

/** What a new item says until somebody says otherwise. */
export const blankContent = (categoryId: string): Content => ({
  categoryId,
  nameZh: '',
  nameEn: '',
  priority: 'P3',
  limits: { respond: 15, arrive: 60, finish: 720 },
  calendar: '24x7',
  mode: 'onsite',
  evidence: { photoBefore: false, photoAfter: false, signature: false, doubleCheck: false },
  autoPool: false,
  public: false,
  parts: false,
})

/** Lines of text as a list: trimmed, without empty ones. */
export const linesOf = (text: string): string[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean)

/** A key nobody of the list has yet: the prefix and the next number. */
export function freshKey(prefix: string, taken: readonly string[]): string {
  let n = taken.length + 1
  while (taken.includes(`${prefix}${n}`)) n++
  return `${prefix}${n}`
}

/** The content as it is sent: empty texts and lists left out. */
export function tidy(content: Content): Content {
  const out: Record<string, unknown> = { ...content }
  for (const [key, value] of Object.entries(out)) {
    if (key === 'nameEn' || key === 'nameZh') continue
    if (value === '' || value === undefined || value === null || (Array.isArray(value) && value.length === 0)) delete out[key]
  }
  if (content.form) {
    out.form = content.form.map((field) => {
      const kept = Object.entries(field).filter(([, value]) => value !== '' && value !== undefined && value !== null && value !== false && !(Array.isArray(value) && value.length === 0))
      return Object.fromEntries(kept)
    })
    if (content.form.length === 0) delete out.form
  }
  if (content.tasks) out.tasks = tidyPlan(content.tasks)
  return out as Content
}

/** The template without what is not said. */
function tidyPlan(plan: NonNullable<Content['tasks']>): NonNullable<Content['tasks']> {
  const kept = (thing: object) => Object.fromEntries(Object.entries(thing).filter(([, value]) => value !== '' && value !== undefined && value !== null && value !== false && !(Array.isArray(value) && value.length === 0)))
  const steps = plan.steps.map((step) => ({ ...kept({ ...step, proof: step.proof ? kept(step.proof) : undefined }), teamId: step.teamId, noteZh: step.noteZh }))
  return { ...kept({ ...plan, finishWithLast: plan.finishWithLast || plan.tasksOnly }), steps } as NonNullable<Content['tasks']>
}
