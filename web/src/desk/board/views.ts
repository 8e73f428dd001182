import { ref } from 'vue'
import { recall, remember } from '@/device/remember'
import { me } from '@/session/session'

/** A board somebody wants again: what stood in its address. */
export interface BoardView {
  name: string
  query: Record<string, string>
}

/** The boards this person keeps on this device. */
export function useBoardViews() {
  const key = `board.views.${me.value?.id ?? ''}`
  const views = ref<BoardView[]>(read())
  function read(): BoardView[] {
    try {
      return (JSON.parse(recall(key) ?? '[]') as BoardView[]).filter((one) => typeof one.name === 'string')
    } catch {
      return []
    }
  }
  const store = () => remember(key, JSON.stringify(views.value))
  return {
    views,
    keep(view: BoardView): void {
      views.value = [...views.value.filter((one) => one.name !== view.name), view]
      store()
    },
    drop(name: string): void {
      views.value = views.value.filter((one) => one.name !== name)
      store()
    },
  }
}
