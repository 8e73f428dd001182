import type { Router } from 'vue-router'
import type { Message } from '../api/notify'

/** Opens the page a message leads to: pages of the desk here, those of other faces as they are. */
export function openPage(router: Router, message: Message): void {
  const { page, subject } = message
  if (message.template.startsWith('order.') && subject) void router.push(`/orders/${subject}`)
  else if (page?.startsWith('/desk/')) void router.push(page.slice('/desk'.length))
  else if (page?.startsWith('/') && !page.startsWith('//')) window.location.assign(page)
}
