import { nextTick } from 'vue'

/** Brings the first field that is at fault into view and the cursor into it. */
export async function showFirstFault(): Promise<void> {
  await nextTick()
  const fault = document.querySelector<HTMLElement>('.field .fault')
  const field = fault?.closest('.field')
  field?.scrollIntoView({ block: 'center' })
  field?.querySelector<HTMLElement>('input, select, textarea, button')?.focus({ preventScroll: true })
}
