import { effectScope } from 'vue'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { activeShortcuts, comboOf, pressed, useKeys } from './keys'

const press = (key: string, more: Partial<KeyboardEventInit> = {}, target: EventTarget = document.body) => {
  const event = new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...more })
  Object.defineProperty(event, 'target', { value: target })
  pressed(event)
  return event
}
const scopes: ReturnType<typeof effectScope>[] = []
function offer(...args: Parameters<typeof useKeys>) {
  const scope = effectScope()
  scopes.push(scope)
  scope.run(() => useKeys(...args))
  return scope
}
beforeEach(() => {
  document.body.innerHTML = ''
})
afterEach(() => {
  scopes.splice(0).forEach((scope) => scope.stop())
})

describe('comboOf', () => {
  it('is nothing while a word is composed', () => {
    expect(comboOf(new KeyboardEvent('keydown', { key: 'Enter', isComposing: true, ctrlKey: true }))).toBe('')
    expect(comboOf(new KeyboardEvent('keydown', { key: 'Process' }))).toBe('')
  })
  it('takes ⌘ for Ctrl and keeps Shift for keys without a character', () => {
    expect(comboOf(new KeyboardEvent('keydown', { key: 'K', metaKey: true, shiftKey: true }))).toBe('ctrl+k')
    expect(comboOf(new KeyboardEvent('keydown', { key: 'Tab', shiftKey: true }))).toBe('shift+tab')
    expect(comboOf(new KeyboardEvent('keydown', { key: '?', shiftKey: true }))).toBe('?')
  })
})

describe('pressed', () => {
  it('does not act on letters while somebody types, but on combinations', () => {
    const letter = vi.fn()
    const save = vi.fn()
    offer(() => [
      { keys: 'j', run: letter },
      { keys: 'ctrl+enter', run: save },
    ])
    const input = document.createElement('input')
    press('j', {}, input)
    press('Enter', { ctrlKey: true }, input)
    expect(letter).not.toHaveBeenCalled()
    expect(save).toHaveBeenCalledOnce()
    press('j')
    expect(letter).toHaveBeenCalledOnce()
  })
  it('knows two keys one after the other', () => {
    const go = vi.fn()
    const o = vi.fn()
    offer(() => [
      { keys: 'g o', run: go },
      { keys: 'o', run: o },
    ])
    press('g')
    press('o')
    expect(go).toHaveBeenCalledOnce()
    expect(o).not.toHaveBeenCalled()
    press('o')
    expect(o).toHaveBeenCalledOnce()
  })
  it('leaves the page behind an open dialog alone', () => {
    const behind = vi.fn()
    const inside = vi.fn()
    offer(() => [
      { keys: 'j', run: behind },
      { keys: '1', run: inside, inDialog: true },
    ])
    const dialog = document.createElement('dialog')
    dialog.setAttribute('open', '')
    document.body.append(dialog)
    press('j')
    press('1')
    expect(behind).not.toHaveBeenCalled()
    expect(inside).toHaveBeenCalledOnce()
  })
  it('lets the part shown last win and forgets it when it goes', () => {
    const page = vi.fn()
    const panel = vi.fn()
    offer(() => [{ keys: 'x', run: page, label: () => 'page' }])
    const scope = offer(() => [{ keys: 'x', run: panel, label: () => 'panel' }])
    press('x')
    expect(panel).toHaveBeenCalledOnce()
    expect(activeShortcuts().map((one) => one.label?.())).toEqual(['panel'])
    scope.stop()
    press('x')
    expect(page).toHaveBeenCalledOnce()
  })
  it('prevents what the browser would do only when it acted', () => {
    offer(() => [{ keys: 'ctrl+k', run: () => {} }])
    expect(press('k', { ctrlKey: true }).defaultPrevented).toBe(true)
    expect(press('l', { ctrlKey: true }).defaultPrevented).toBe(false)
  })
})
