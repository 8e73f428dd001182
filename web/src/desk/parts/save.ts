import { ref } from 'vue'
import { asProblem, type Problem } from '@/api/problem'
import { problemWords } from '@/api/wording'
import { complain } from '@/ui/toast'

/**
 * A form's way to the server: busy while it is under way, and the refusal beside the fields. What belongs to no
 * field shown is said above the buttons.
 */
export function useSave() {
  const busy = ref(false)
  const faults = ref<Record<string, string>>({})
  const fault = ref('')
  const problem = ref<Problem | null>(null)

  function clear(): void {
    faults.value = {}
    fault.value = ''
    problem.value = null
  }

  /** Runs the call; answers what it brought, or undefined when it was refused. */
  async function save<T>(calling: () => Promise<T>): Promise<{ done: T } | undefined> {
    if (busy.value) return undefined
    busy.value = true
    clear()
    try {
      return { done: await calling() }
    } catch (thrown) {
      const refused = asProblem(thrown)
      problem.value = refused
      faults.value = refused.byField()
      fault.value = problemWords(refused)
      return undefined
    } finally {
      busy.value = false
    }
  }
  return { busy, faults, fault, problem, save, clear }
}

/** Runs a call without a form; a refusal is said in passing. Answers whether it succeeded. */
export async function attempt(calling: () => Promise<unknown>): Promise<boolean> {
  try {
    await calling()
    return true
  } catch (thrown) {
    complain(problemWords(thrown))
    return false
  }
}
