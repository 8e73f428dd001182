import type { Fault } from '@/catalog/catalog'
import { itemName } from '@/catalog/catalog'
import { faults, type Answers, type FormField } from '@/form/fields'
import { packAnswers } from '@/form/pack'
import { faultWords } from '@/form/wording'
import { t } from '@/i18n/i18n'
import { doNowOrLater, type FileSlot } from '@/offline/outbox'
import type { Target } from '@/places/target'

/** What of a report is text. */
export interface ReportDraft {
  words: string
  contactName: string
  contactPhone: string
  /** Unix milliseconds; 0 is not said. */
  wantedAt: number
}

export interface ReportMedia {
  photos: File[]
  video: File | null
  voice: File | null
}

/** Everything that makes a report. */
export interface ReportInput {
  fault: Fault
  /** The item's questions that are asked here. */
  fields: FormField[]
  answers: Answers
  draft: ReportDraft
  media: ReportMedia
  /** What the scanned code stands on. */
  target: Target | null
  /** The code that was scanned. */
  code?: string
  /** The place chosen by hand. */
  placeId?: string
  signedIn: boolean
  /** The known fault that it tells of too. */
  incidentId?: string
}

/** What must be put right before sending, by field. */
export function reportFaults({ fields, answers, draft, signedIn }: ReportInput): Record<string, string> {
  const found = faultWords(fields, faults(fields, answers, 'report'))
  if (!signedIn && draft.contactPhone.trim() === '' && draft.contactName.trim() === '') found.contactPhone = t('report.contactNeeded')
  return found
}

/** The report as the server wants it, and the files whose ids take their places in it once they are up. */
export function compose({ fault, fields, answers, draft, media, target, placeId, incidentId }: ReportInput): { body: Record<string, unknown>; files: FileSlot[] } {
  const body: Record<string, unknown> = { itemId: fault.item.id }
  if (fault.symptom) body.symptom = fault.symptom.label
  if (target?.assetId) body.assetId = target.assetId
  const where = target?.placeId ?? placeId
  if (where) body.placeId = where
  for (const name of ['words', 'contactName', 'contactPhone'] as const) if (draft[name].trim()) body[name] = draft[name].trim()
  if (incidentId) body.incidentId = incidentId
  if (draft.wantedAt > 0) body.wantedAt = draft.wantedAt

  const { form, files } = packAnswers(fields, answers)
  const attached = [...media.photos, media.video, media.voice].filter((file) => file !== null).map((file) => ({ slot: 'files', file }))
  if (Object.keys(form).length > 0) body.form = form
  return { body, files: [...attached, ...files] }
}

/** What the server made of a report. */
export interface Reported {
  /** Of whoever is signed in. */
  id?: string
  /** Of everybody else: the order's own link. */
  token?: string
  number: string
}

/** Sends the report, or keeps it until there is signal. */
export async function sendReport(input: ReportInput): Promise<Reported | 'waiting'> {
  const { body, files } = compose(input)
  if (!input.signedIn) files.forEach((file) => (file.code = input.code))
  if (input.signedIn) body.channel = input.target ? 'scan' : 'web'
  const result = await doNowOrLater({
    path: input.signedIn ? '/api/v1/orders' : '/api/v1/public/orders',
    body,
    files,
    subject: `report:${Date.now()}`,
    label: 'report',
    labelValues: { number: itemName(input.fault.item) },
    timed: input.signedIn,
  })
  return result === 'waiting' ? 'waiting' : (result.answer as Reported)
}
