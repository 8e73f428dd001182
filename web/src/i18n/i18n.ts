import { shallowRef } from 'vue'
import { recall, remember } from '@/device/remember'
import { fill, find, merge, type Messages } from './messages'

/*
 * Two languages, flat texts with named places: this needs no library, and the usual one weighs 22 kB
 * on a first page that may have 60.
 */

export const locales = ['zh-CN', 'en'] as const
export type Locale = (typeof locales)[number]

/** The Chinese messages come with the page, the English ones only when wanted. */
export interface MessageSource {
  zh: Messages[]
  en: () => Promise<{ default: Messages }[]>
}

/** Texts that a face fetches after its first page, by language. */
export type LaterMessages = Record<Locale, () => Promise<{ default: Messages }>>

const shown = shallowRef<{ locale: Locale; messages: Messages }>({ locale: 'zh-CN', messages: {} })
const loaded = new Map<Locale, Messages>()
let source: MessageSource = { zh: [], en: async () => [] }
let later: LaterMessages | null = null

/** The language in use now; reactive when read in a component. */
export function locale(): Locale {
  return shown.value.locale
}

/** The text of a key in the language in use; reactive. An unknown key is shown as it is. */
export function t(key: string, values?: Record<string, unknown>): string {
  const text = find(shown.value.messages, key) ?? key
  return values ? fill(text, values) : text
}

async function load(next: Locale): Promise<Messages> {
  const known = loaded.get(next)
  if (known) return known
  const first = next === 'zh-CN' ? source.zh : (await source.en()).map((part) => part.default)
  const rest = later ? [(await later[next]()).default] : []
  const messages = [...first, ...rest].reduce(merge, {})
  loaded.set(next, messages)
  return messages
}

async function show(next: Locale): Promise<void> {
  shown.value = { locale: next, messages: await load(next) }
  document.documentElement.lang = next
}

/** Changes and remembers the language without a reload. */
export async function setLocale(next: Locale): Promise<void> {
  await show(next)
  remember('locale', next)
}

/**
 * Takes the messages of this face and shows the language asked for, else the remembered one, else the device's
 * when that is English, else Chinese.
 */
export async function startI18n(messages: MessageSource, asked: string | null = null): Promise<void> {
  source = messages
  later = null
  loaded.clear()
  const known = asked ?? recall('locale')
  const wanted: Locale = known === 'en' || (known === null && /^en\b/.test(navigator.language)) ? 'en' : 'zh-CN'
  await show(wanted).catch(() => show('zh-CN'))
}

/** Fetches the texts that the first page does without; resolves once they are in use. Safe to repeat. */
export async function fetchLater(messages: LaterMessages): Promise<void> {
  if (later) return
  const now = locale()
  const rest = (await messages[now]()).default
  if (later) return
  later = messages
  const known = loaded.get(now) ?? {}
  loaded.clear()
  loaded.set(now, merge(known, rest))
  await show(locale())
}

/** Picks the wording of a thing that carries both languages in its data. */
export function pick(zh: string | undefined, en: string | undefined): string {
  return (locale() === 'en' ? en || zh : zh || en) ?? ''
}
