import { onScopeDispose, ref, shallowRef, watch } from 'vue'
import { asProblem, type Problem } from '@/api/problem'
import type { Page } from '../api/rest'

/**
 * A list that comes in pages: the first now and whenever `key` changes, the next ones when asked. Rows stay while
 * the same list is fetched anew.
 */
export function usePaged<T>(key: () => unknown, fetch: (cursor: string, signal: AbortSignal) => Promise<Page<T>>) {
  const rows = shallowRef<T[]>([])
  const loading = ref(true)
  const problem = shallowRef<Problem | null>(null)
  const more = ref(false)
  let cursor = ''
  let running = new AbortController()

  async function load(first: boolean): Promise<void> {
    running.abort()
    const mine = (running = new AbortController())
    loading.value = true
    try {
      const page = await fetch(first ? '' : cursor, mine.signal)
      if (mine.signal.aborted) return
      rows.value = first ? page.items : [...rows.value, ...page.items]
      cursor = page.nextCursor ?? ''
      more.value = cursor !== ''
      problem.value = null
      loading.value = false
    } catch (thrown) {
      if (mine.signal.aborted) return
      problem.value = asProblem(thrown)
      loading.value = false
    }
  }

  watch(
    key,
    () => {
      rows.value = []
      void load(true)
    },
    { immediate: true },
  )
  onScopeDispose(() => running.abort())
  return {
    rows,
    loading,
    problem,
    more,
    reload: () => load(true),
    next: () => (more.value && !loading.value ? load(false) : Promise.resolve()),
  }
}
