import { ref } from 'vue'
import { recall, remember } from '@/device/remember'

export type Theme = 'system' | 'light' | 'dark'

/** The theme the user chose; 'system' follows the device. */
export const theme = ref<Theme>('system')
/** Whether everything is shown in large type (26 px root). */
export const largeType = ref(false)

const darkQuery = () => window.matchMedia('(prefers-color-scheme: dark)')

function apply(): void {
  const dark = theme.value === 'dark' || (theme.value === 'system' && darkQuery().matches)
  document.documentElement.dataset.theme = dark ? 'dark' : 'light'
  document.documentElement.dataset.type = largeType.value ? 'large' : 'normal'
}

/** Sets the remembered look on the page; called once, before the page is mounted. */
export function startTheme(): void {
  const known = recall('theme')
  if (known === 'light' || known === 'dark') theme.value = known
  largeType.value = recall('largeType') === 'yes'
  darkQuery().addEventListener('change', apply)
  apply()
}

/** Changes and remembers the theme. */
export function setTheme(next: Theme): void {
  theme.value = next
  remember('theme', next)
  apply()
}

/** Changes and remembers the large-type mode. */
export function setLargeType(on: boolean): void {
  largeType.value = on
  remember('largeType', on ? 'yes' : 'no')
  apply()
}
