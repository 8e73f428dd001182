import { answersToSend, type Answers, type FormField } from './fields'

/** A file of a form, and where its id belongs once it is up: into a list, or (single) as the value itself. */
export interface PackedFile {
  slot: string
  single?: boolean
  file: File
}

/** The answers to send, parted into what is plain JSON and the files that go up first. */
export function packAnswers(fields: readonly FormField[], answers: Answers): { form: Answers; files: PackedFile[] } {
  const form: Answers = {}
  const files: PackedFile[] = []
  for (const [key, answer] of Object.entries(answersToSend(fields, answers))) {
    if (answer instanceof File) files.push({ slot: `form.${key}`, single: true, file: answer })
    else if (Array.isArray(answer) && answer[0] instanceof File) files.push(...(answer as File[]).map((file) => ({ slot: `form.${key}`, file })))
    else form[key] = answer
  }
  return { form, files }
}

/** Questions about the order's own place and asset; the order knows them, asking again would be rude. */
export function isOrdersOwn(field: FormField): boolean {
  return field.key === 'place' || field.key === 'asset'
}
