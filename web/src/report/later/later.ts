import { fetchLater } from '@/i18n/i18n'

/** Fetches the texts of everything behind the first page; resolves at once when they are there already. */
export function laterTexts(): Promise<void> {
  return fetchLater({
    'zh-CN': () => import('./zh'),
    en: () => import('./en'),
  })
}
