import { shallowRef } from 'vue'
import { api } from '@/api/client'
import { pick, t } from '@/i18n/i18n'

const shipped = ['parts', 'vendor', 'user_absent', 'window', 'weather', 'approval', 'other'] as const

interface Reason {
  code: string
  nameZh: string
  nameEn: string
}

/** The reasons of this hospital; until they are known, and without a signal, those that every hospital has. */
const known = shallowRef<Reason[]>()
let asked = false

export async function learnReasons(): Promise<void> {
  if (asked) return
  asked = true
  try {
    known.value = (await api.get('/api/v1/hold-reasons')).items
  } catch {
    asked = false
  }
}

export function holdName(code: string): string {
  const own = known.value?.find((one) => one.code === code)
  if (own) return pick(own.nameZh, own.nameEn)
  return (shipped as readonly string[]).includes(code) ? t(`hold.${code}`) : code
}

/** Codes in the order they are offered. */
export const holdCodes = (): string[] => known.value?.map((one) => one.code) ?? [...shipped]
