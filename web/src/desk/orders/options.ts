import { t } from '@/i18n/i18n'
import { orderStates } from '@/ui/status'

/** Choices of orders in the language in use. */
export const priorities = ['P1', 'P2', 'P3', 'P4', 'T0', 'T1', 'T2'] as const
export const statusOptions = () => orderStates.map((value) => ({ value, label: t(`status.${value}`) }))
export const priorityOptions = () => priorities.map((value) => ({ value, label: `${value} ${t(`priority.${value}`)}` }))
export const callBackOptions = () => ['due', 'done', 'failed'].map((value) => ({ value, label: t(`callBack.${value}`) }))
