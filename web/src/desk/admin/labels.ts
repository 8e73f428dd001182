import { address as filled } from '@/api/client'

/** The papers labels are printed on. */
export const labelFormats = ['a4', '40x30', '60x40'] as const
export type LabelFormat = (typeof labelFormats)[number]

/** The page that prints labels: of things and places by their ids, of everything below a place, or of a whole list. */
export const labelAddress = (wanted: Record<string, unknown>, format: LabelFormat) => filled('/print/labels', {}, { ...wanted, format })
