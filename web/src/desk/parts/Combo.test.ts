import { flushPromises, mount } from '@vue/test-utils'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import Combo from './Combo.vue'
import { amongst, type Choice } from './choice'

const fruit: Choice[] = [
  { id: 'a', title: 'Apple' },
  { id: 'b', title: 'Banana' },
  { id: 'c', title: 'Cherry', disabled: true },
]
function combo(props: Record<string, unknown> = {}) {
  const wrapper = mount(Combo, {
    attachTo: document.body,
    props: { search: async (words: string) => amongst(fruit, words), 'onUpdate:modelValue': (id: string | undefined) => wrapper.setProps({ modelValue: id }), ...props },
  })
  return { wrapper, input: wrapper.get('input') }
}
async function type(input: ReturnType<typeof combo>['input'], words: string) {
  await input.trigger('focus')
  await input.setValue(words)
  vi.advanceTimersByTime(200)
  await flushPromises()
}
beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
  document.body.innerHTML = ''
})

describe('Combo', () => {
  it('takes the first that fits with Enter', async () => {
    const { wrapper, input } = combo()
    await type(input, 'ban')
    await input.trigger('keydown', { key: 'Enter' })
    expect(wrapper.emitted('pick')?.[0]?.[0]).toMatchObject({ id: 'b' })
    expect((input.element as HTMLInputElement).value).toBe('Banana')
  })
  it('takes the first when Enter came before the answer', async () => {
    const { wrapper, input } = combo()
    await input.trigger('focus')
    await input.setValue('app')
    await input.trigger('keydown', { key: 'Enter' })
    expect(wrapper.emitted('pick')).toBeUndefined()
    vi.advanceTimersByTime(200)
    await flushPromises()
    expect(wrapper.emitted('pick')?.[0]?.[0]).toMatchObject({ id: 'a' })
  })
  it('leaves Ctrl+Enter and keys of composing alone', async () => {
    const { wrapper, input } = combo()
    await type(input, 'app')
    await input.trigger('keydown', { key: 'Enter', ctrlKey: true })
    await input.trigger('keydown', { key: 'Enter', isComposing: true })
    expect(wrapper.emitted('pick')).toBeUndefined()
  })
  it('never takes what cannot be chosen', async () => {
    const { wrapper, input } = combo()
    await type(input, 'cher')
    await input.trigger('keydown', { key: 'Enter' })
    expect(wrapper.emitted('pick')).toBeUndefined()
  })
  it('goes back to what was chosen when the words fit nothing', async () => {
    const { wrapper, input } = combo()
    await type(input, 'ban')
    await input.trigger('keydown', { key: 'Enter' })
    await type(input, 'zzz')
    await input.trigger('blur')
    expect((input.element as HTMLInputElement).value).toBe('Banana')
    expect(wrapper.props('modelValue')).toBe('b')
  })
  it('does not keep words that were left behind before their answer came and fit nothing', async () => {
    const { input } = combo()
    await input.trigger('focus')
    await input.setValue('zzz')
    await input.trigger('keydown', { key: 'Tab' })
    ;(input.element as HTMLInputElement).blur()
    vi.advanceTimersByTime(200)
    await flushPromises()
    expect((input.element as HTMLInputElement).value).toBe('')
  })
  it('clears the choice when the words are taken out', async () => {
    const { wrapper, input } = combo()
    await type(input, 'ban')
    await input.trigger('keydown', { key: 'Enter' })
    await input.setValue('')
    await input.trigger('blur')
    expect(wrapper.props('modelValue')).toBeUndefined()
  })
  it('keeps free words, and forgets whom they once named', async () => {
    const { wrapper, input } = combo({ free: true })
    await type(input, 'ban')
    await input.trigger('keydown', { key: 'Enter' })
    await type(input, 'Someone else')
    await input.trigger('blur')
    expect(wrapper.props('modelValue')).toBeUndefined()
    expect((input.element as HTMLInputElement).value).toBe('Someone else')
  })
})

describe('amongst', () => {
  it('finds by words and by the number in the list', () => {
    expect(amongst(fruit, 'an').map((one) => one.id)).toEqual(['b'])
    expect(amongst(fruit, '2').map((one) => one.id)).toEqual(['b'])
    expect(amongst(fruit, '9')).toEqual([])
  })
})
