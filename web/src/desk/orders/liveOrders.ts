import { computed, onScopeDispose, shallowRef, type ShallowRef } from 'vue'
import { useLive } from '@/live/live'
import { getOrder, type DeskOrder } from '../api/orders'
import type { Page } from '../api/rest'

/** Changes that come together are fetched together. */
const gatherMs = 400
/** More changed rows than this are fetched as a page, not one by one. */
const mostSingles = 10

/** The id of the order a push is about, or undefined when it does not say. */
export function orderIdOf(push: unknown): string | undefined {
  if (typeof push !== 'object' || push === null) return undefined
  const { subject } = push as Record<string, unknown>
  return typeof subject === 'string' && subject !== '' ? subject : undefined
}

/**
 * Keeps a list of orders fresh without moving its rows: what is shown changes where it stands, what is new waits
 * behind a pill until it is asked for. `first` fetches the first page of the list.
 */
export function useLiveOrders(rows: ShallowRef<DeskOrder[]>, first: () => Promise<Page<DeskOrder>>, changed: () => void = () => {}) {
  const fresh = shallowRef<DeskOrder[]>([])
  let ids = new Set<string>()
  let timer: ReturnType<typeof setTimeout> | undefined

  function replace(orders: readonly DeskOrder[]): void {
    const byId = new Map(orders.map((order) => [order.id, order]))
    rows.value = rows.value.map((row) => {
      const now = byId.get(row.id)
      return now && now.version >= row.version ? now : row
    })
  }

  async function look(): Promise<void> {
    timer = undefined
    const changedIds = ids
    ids = new Set()
    const page = await first().catch(() => null)
    if (!page) return
    const known = new Set(rows.value.map((row) => row.id))
    replace(page.items)
    fresh.value = page.items.filter((order) => !known.has(order.id))
    const onPage = new Set(page.items.map((order) => order.id))
    const others = [...changedIds].filter((id) => known.has(id) && !onPage.has(id)).slice(0, mostSingles)
    const singles = await Promise.all(others.map((id) => getOrder(id).catch(() => null)))
    replace(singles.filter((order) => order !== null))
    changed()
  }

  useLive('order', (data) => {
    const id = orderIdOf(data)
    if (id) ids.add(id)
    timer ??= setTimeout(() => void look(), gatherMs)
  })
  onScopeDispose(() => clearTimeout(timer))

  return {
    /** How many new ones wait. */
    waiting: computed(() => fresh.value.length),
    /** Puts the new ones on top. */
    show(): void {
      const known = new Set(rows.value.map((row) => row.id))
      rows.value = [...fresh.value.filter((order) => !known.has(order.id)), ...rows.value]
      fresh.value = []
    },
    /** Takes over an order that was just changed from here. */
    take: (order: DeskOrder) => replace([order]),
    forget: () => (fresh.value = []),
  }
}
