import { ref } from 'vue'
import { recall, remember } from '@/device/remember'

/** An order reported here without an account: its link is all that leads back to it. */
export interface SentLink {
  token: string
  number: string
  itemName: string
  itemNameEn: string
  at: number
}

const key = 'sentLinks'
const most = 20

function read(): SentLink[] {
  try {
    return JSON.parse(recall(key) ?? '[]') as SentLink[]
  } catch {
    return []
  }
}

/** The orders reported from this device without an account, newest first. */
export const sentLinks = ref<SentLink[]>(read())

/** Keeps the way back to an order. */
export function keepLink(link: SentLink): void {
  sentLinks.value = [link, ...sentLinks.value.filter((one) => one.token !== link.token)].slice(0, most)
  remember(key, JSON.stringify(sentLinks.value))
}
