import { onScopeDispose, ref, shallowRef } from 'vue'
import { useLive } from '@/live/live'
import { may } from '@/session/session'
import { listIncidents, listSuggestions, myNotices, type Incident, type KnownFault, type Suggestion } from '../api/incidents'

/** What looks like a major incident, what is one, and what the own department is told; shared by all pages. */
export const suggestions = shallowRef<Suggestion[]>([])
export const running = shallowRef<Incident[]>([])
export const notices = shallowRef<KnownFault[]>([])

const busy = ref(false)
const every = 30_000

export async function lookForIncidents(): Promise<void> {
  if (busy.value) return
  busy.value = true
  try {
    if (may('incident.read')) {
      suggestions.value = await listSuggestions()
      running.value = (await listIncidents(['open', 'mitigated'])).items
    } else {
      suggestions.value = []
      running.value = []
    }
    notices.value = await myNotices()
  } catch {
    // The next look tells; an old banner is better than an alarm about a banner.
  } finally {
    busy.value = false
  }
}

/** Keeps them fresh while the component lives. */
export function useIncidents(): void {
  void lookForIncidents()
  useLive('incident', () => void lookForIncidents())
  const timer = setInterval(() => void lookForIncidents(), every)
  onScopeDispose(() => clearInterval(timer))
}
