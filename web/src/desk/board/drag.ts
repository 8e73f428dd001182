import { onScopeDispose, ref, shallowRef } from 'vue'
import type { Card } from '../api/board'

/** So far a mouse moves, or so long a finger rests, before a press becomes dragging. */
const slackPx = 6
const restMs = 280

/**
 * Carries a card with mouse, pen or finger onto whatever has data-drop; the browser's own dragging knows no
 * fingers. A finger that moves at once scrolls, one that rests first carries.
 */
export function useDrag(accepts: (card: Card, target: string) => boolean, drop: (card: Card, target: string) => void) {
  const card = shallowRef<Card>()
  const at = ref({ x: 0, y: 0 })
  /** The target below the pointer, if it takes the card. */
  const over = ref('')
  let pressed: { card: Card; x: number; y: number; touch: boolean; id: number } | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  let justDropped = false

  function press(event: PointerEvent, one: Card): void {
    if (event.button !== 0 || one.actions.length === 0) return
    pressed = { card: one, x: event.clientX, y: event.clientY, touch: event.pointerType === 'touch', id: event.pointerId }
    if (pressed.touch) timer = setTimeout(() => begin(event.clientX, event.clientY), restMs)
  }
  function begin(x: number, y: number): void {
    if (!pressed) return
    card.value = pressed.card
    at.value = { x, y }
  }
  function move(event: PointerEvent): void {
    if (!pressed || event.pointerId !== pressed.id) return
    if (!card.value) {
      const far = Math.hypot(event.clientX - pressed.x, event.clientY - pressed.y) > slackPx
      if (!far) return
      if (pressed.touch) return end() // it scrolls
      begin(event.clientX, event.clientY)
    }
    event.preventDefault()
    at.value = { x: event.clientX, y: event.clientY }
    over.value = targetAt(event.clientX, event.clientY)
    nudge(event.clientX, event.clientY)
  }
  function targetAt(x: number, y: number): string {
    for (const element of document.elementsFromPoint(x, y)) {
      const place = (element as HTMLElement).closest<HTMLElement>('[data-drop]')
      const target = place?.dataset.drop
      if (place && target !== undefined) {
        const takes = card.value !== undefined && accepts(card.value, target)
        aim(takes ? place : undefined)
        return takes ? target : ''
      }
    }
    aim(undefined)
    return ''
  }
  let aimed: HTMLElement | undefined
  function aim(element: HTMLElement | undefined): void {
    if (element === aimed) return
    aimed?.classList.remove('drop-aim')
    aimed = element
    aimed?.classList.add('drop-aim')
  }
  /** Near an edge of the columns they scroll under the card. */
  function nudge(x: number, y: number): void {
    const columns = document.elementsFromPoint(x, y).map((element) => element.closest<HTMLElement>('.board-columns')).find(Boolean)
    if (!columns) return
    const box = columns.getBoundingClientRect()
    if (x > box.right - 48) columns.scrollLeft += 16
    else if (x < box.left + 48) columns.scrollLeft -= 16
  }
  function release(event: PointerEvent): void {
    if (!pressed || event.pointerId !== pressed.id) return
    const carried = card.value
    const target = over.value
    end()
    if (!carried) return
    justDropped = true
    setTimeout(() => (justDropped = false), 0)
    if (target) drop(carried, target)
  }
  function end(): void {
    clearTimeout(timer)
    pressed = undefined
    card.value = undefined
    over.value = ''
    aim(undefined)
  }
  function escape(event: KeyboardEvent): void {
    if (event.key === 'Escape' && card.value) {
      event.stopPropagation()
      end()
    }
  }
  /** A finger that carries must not scroll as well. */
  const still = (event: TouchEvent) => card.value && event.preventDefault()

  window.addEventListener('pointermove', move)
  window.addEventListener('pointerup', release)
  window.addEventListener('pointercancel', end)
  window.addEventListener('keydown', escape, true)
  window.addEventListener('touchmove', still, { passive: false })
  onScopeDispose(() => {
    end()
    window.removeEventListener('pointermove', move)
    window.removeEventListener('pointerup', release)
    window.removeEventListener('pointercancel', end)
    window.removeEventListener('keydown', escape, true)
    window.removeEventListener('touchmove', still)
  })
  /** A press that ended a dragging is no click. */
  return { card, at, over, press, clicked: () => !justDropped }
}
