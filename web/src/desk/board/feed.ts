import { computed, onScopeDispose, ref, shallowRef, watch } from 'vue'
import { t } from '@/i18n/i18n'
import { asProblem, type Problem } from '@/api/problem'
import { problemWords } from '@/api/wording'
import { useLive } from '@/live/live'
import { complain, offerUndo, say } from '@/ui/toast'
import { boardCards, boardFigures, crewOnDuty, type Card, type Figures, type Group, type GroupBy, type Seen } from '../api/board'
import { command, type OrderFilter } from '../api/orders'
import { orderIdOf } from '../orders/liveOrders'
import { ring } from './sounds'

/** Changes that come together are fetched together; the board is at most a second behind. */
const gatherMs = 120
/** More changes than this are fetched as a whole board. */
const mostNamed = 80

const nothing: Figures = { open: 0, waiting: 0, nobody: 0, dueSoon: 0, overdue: 0, urged: 0, urgent: 0, held: 0 }

/** The cards and numbers of the board, kept as they are on the server. */
export function useBoard(filter: () => OrderFilter, by: () => GroupBy | undefined) {
  const cards = shallowRef<Map<string, Card>>(new Map())
  const figures = shallowRef<Figures>(nothing)
  const groups = shallowRef<Group[]>([])
  const crew = shallowRef<Seen[]>([])
  const loaded = ref(false)
  const problem = shallowRef<Problem | null>(null)
  /** Grows with everything that may have changed where orders and people are. */
  const turn = ref(0)
  /** Cards as they were last seen, for what has just gone. */
  const before = new Map<string, Card>()
  let round = 0

  async function load(): Promise<void> {
    const mine = ++round
    try {
      const [items] = await Promise.all([boardCards(filter()), recount()])
      if (mine !== round) return
      before.clear()
      cards.value = new Map(items.map((card) => [card.id, card]))
      problem.value = null
      turn.value++
    } catch (thrown) {
      if (mine === round) problem.value = asProblem(thrown)
    } finally {
      if (mine === round) loaded.value = true
    }
  }

  async function recount(): Promise<void> {
    const wanted = by()
    const [counted, present] = await Promise.all([boardFigures(filter(), wanted), wanted === 'person' ? crewOnDuty() : Promise.resolve([])])
    figures.value = counted
    groups.value = counted.groups
    crew.value = present
  }

  let changed = new Set<string>()
  let timer: ReturnType<typeof setTimeout> | undefined
  let looking = false

  async function look(): Promise<void> {
    timer = undefined
    if (looking) return soon()
    const ids = [...changed]
    changed = new Set()
    if (ids.length > mostNamed) return load()
    looking = true
    try {
      const [fresh] = await Promise.all([ids.length > 0 ? boardCards(filter(), ids) : Promise.resolve([]), recount()])
      const next = new Map(cards.value)
      const found = new Map(fresh.map((card) => [card.id, card]))
      for (const id of ids) {
        const card = found.get(id)
        const was = next.get(id)
        if (!card) {
          if (was) before.set(id, was)
          next.delete(id)
        } else if (card.version >= (was?.version ?? 0)) next.set(id, card)
      }
      cards.value = next
      turn.value++
    } catch {
      ids.forEach((id) => changed.add(id))
      soon(2000) // the line is bad: what changed is fetched when it is back
    } finally {
      looking = false
    }
  }
  function soon(ms = gatherMs): void {
    timer ??= setTimeout(() => void look(), ms)
  }
  function touch(id: string): void {
    changed.add(id)
    soon()
  }

  useLive(
    'order',
    (push) => {
      const id = orderIdOf(push)
      if (id) touch(id)
      ring(push)
    },
    () => void load(),
  )
  // A due moment comes near without anything happening to the order.
  const minute = setInterval(() => void recount().catch(() => undefined), 30_000)
  onScopeDispose(() => {
    clearTimeout(timer)
    clearInterval(minute)
    round++
  })
  watch(
    () => JSON.stringify(filter()),
    () => void load(),
    { immediate: true },
  )
  watch(by, () => void recount().catch(() => undefined))

  function put(card: Card): void {
    const next = new Map(cards.value)
    if (card.open) next.set(card.id, card)
    else next.delete(card.id)
    cards.value = next
  }

  /** The last thing done from here that can be undone. */
  const last = shallowRef<{ id: string; number: string }>()

  /**
   * Gives a command whose outcome is shown at once; refused, the card goes back and the reason is said, with who was
   * faster.
   */
  async function act(card: Card, kind: string, body: Record<string, unknown>, shown: Partial<Card>, done: string): Promise<void> {
    put({ ...card, ...shown })
    try {
      const now = await command(card.id, kind, { ...body, version: card.version })
      put({ ...card, ...now, actions: now.actions as Card['actions'] } as Card)
      last.value = { id: card.id, number: card.number }
      offerUndo(done, () => void undo())
      touch(card.id)
    } catch (thrown) {
      put(card)
      await refused(card, thrown)
    }
  }

  async function refused(card: Card, thrown: unknown): Promise<void> {
    const problem = asProblem(thrown)
    if (problem.status !== 409) {
      complain(`${card.number} · ${problemWords(thrown)}`)
      return
    }
    const [now] = await boardCards({}, [card.id]).catch(() => [])
    touch(card.id)
    if (now && now.version > card.version) {
      complain(t('board.faster', { number: card.number, status: t(`status.${now.status}`), name: now.assigneeName ?? now.teamName ?? t('board.noPerson') }))
    } else complain(`${card.number} · ${problemWords(thrown)}`)
  }

  async function undo(): Promise<void> {
    const what = last.value
    if (!what) return
    last.value = undefined
    try {
      const now = await command(what.id, 'undo')
      const was = cards.value.get(what.id)
      if (was) put({ ...was, ...now, teamId: now.teamId, teamName: now.teamName, assigneeId: now.assigneeId, assigneeName: now.assigneeName, actions: now.actions as Card['actions'] } as Card)
      touch(what.id)
      say(t('board.undone', { number: what.number }))
    } catch (thrown) {
      complain(`${what.number} · ${problemWords(thrown)}`)
      touch(what.id)
    }
  }

  return { cards, figures, groups, crew, loaded, problem, turn, load, touch, put, act, undo, canUndo: computed(() => last.value !== undefined), was: (id: string) => before.get(id) ?? cards.value.get(id) }
}
