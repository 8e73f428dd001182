import { onScopeDispose, ref, shallowRef, watch } from 'vue'
import { asProblem, type Problem } from '@/api/problem'

/**
 * Results as typed: asks the server a moment after the last key, drops what an older question answers.
 * `found` is null while nothing is typed.
 */
export function useSearch<T>(ask: (words: string, signal: AbortSignal) => Promise<T[]>) {
  const words = ref('')
  const found = shallowRef<T[] | null>(null)
  const problem = shallowRef<Problem | null>(null)
  let running: AbortController | undefined
  let timer: ReturnType<typeof setTimeout> | undefined

  async function run(text: string): Promise<void> {
    running = new AbortController()
    const { signal } = running
    try {
      const answer = await ask(text, signal)
      if (signal.aborted) return
      found.value = answer
      problem.value = null
    } catch (thrown) {
      if (!signal.aborted) problem.value = asProblem(thrown)
    }
  }

  function quit(): void {
    clearTimeout(timer)
    running?.abort()
  }
  watch(words, (now) => {
    quit()
    const text = now.trim()
    if (text === '') {
      found.value = null
      problem.value = null
    } else timer = setTimeout(() => void run(text), 150)
  })
  onScopeDispose(quit)
  return { words, found, problem }
}
