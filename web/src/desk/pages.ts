import { iconAsset, iconBell, iconClock, iconFlash, iconGear, iconKeyboard, iconList, iconPen, iconPerson, iconPhone, iconPlace, iconRefresh, iconShare, iconStar, iconVideo, iconWarn } from '@/ui/icons'
import { iconBoard, iconTree } from './icons'
import { may } from '@/session/session'

/** A page of the desk, as the navigation and the palette offer it. */
export interface DeskPage {
  /** Names the page in the messages (nav.NAME). */
  name: string
  path: string
  icon: string
  group: 'work' | 'directory' | 'system'
  /** Any of these permissions shows it. */
  needs: string[]
  /** The second key after G. */
  key?: string
}

export const deskPages: DeskPage[] = [
  { name: 'intake', path: '/', icon: iconPhone, group: 'work', needs: ['order.intake'], key: 'n' },
  { name: 'orders', path: '/orders', icon: iconList, group: 'work', needs: ['order.read'], key: 'o' },
  { name: 'board', path: '/board', icon: iconBoard, group: 'work', needs: ['order.dispatch'], key: 'b' },
  { name: 'pool', path: '/pool', icon: iconFlash, group: 'work', needs: ['order.dispatch', 'order.work'], key: 'q' },
  { name: 'batch', path: '/batch', icon: iconShare, group: 'work', needs: ['order.dispatch'], key: 'm' },
  { name: 'callbacks', path: '/callbacks', icon: iconStar, group: 'work', needs: ['order.callback'], key: 'c' },
  { name: 'dueReports', path: '/due-reports', icon: iconPen, group: 'work', needs: ['order.supervise', 'order.work'] },
  { name: 'watches', path: '/watches', icon: iconBell, group: 'work', needs: ['order.supervise', 'order.work'] },
  { name: 'incidents', path: '/incidents', icon: iconWarn, group: 'work', needs: ['incident.read'], key: 'z' },
  { name: 'moves', path: '/transport', icon: iconShare, group: 'work', needs: ['order.dispatch', 'order.intake', 'order.create'], key: 't' },
  { name: 'loans', path: '/loans', icon: iconAsset, group: 'work', needs: ['loan.write'], key: 'l' },
  { name: 'plans', path: '/plans', icon: iconClock, group: 'work', needs: ['plan.read'], key: 'r' },
  { name: 'problems', path: '/problems', icon: iconRefresh, group: 'work', needs: ['order.dispatch'] },
  { name: 'assets', path: '/assets', icon: iconAsset, group: 'directory', needs: ['asset.write', 'order.intake'], key: 'a' },
  { name: 'people', path: '/people', icon: iconPerson, group: 'directory', needs: ['person.read'], key: 'p' },
  { name: 'org', path: '/org', icon: iconTree, group: 'directory', needs: ['org.write', 'order.dispatch'], key: 'd' },
  { name: 'catalog', path: '/catalog', icon: iconPlace, group: 'directory', needs: ['catalog.write'], key: 's' },
  { name: 'roles', path: '/roles', icon: iconKeyboard, group: 'system', needs: ['role.write'] },
  { name: 'screens', path: '/screens', icon: iconVideo, group: 'system', needs: ['screen.write'] },
  { name: 'clocks', path: '/clocks', icon: iconClock, group: 'system', needs: ['setting.write'] },
  { name: 'dispatching', path: '/dispatching', icon: iconGear, group: 'system', needs: ['setting.write'] },
  { name: 'moving', path: '/transport/settings', icon: iconGear, group: 'system', needs: ['setting.write'] },
  { name: 'messages', path: '/messages', icon: iconBell, group: 'system', needs: ['setting.write'] },
  { name: 'history', path: '/history', icon: iconShare, group: 'system', needs: ['order.import'] },
  { name: 'ladders', path: '/ladders', icon: iconBell, group: 'system', needs: ['rule.manage'] },
  { name: 'rules', path: '/rules', icon: iconFlash, group: 'system', needs: ['rule.read'] },
  { name: 'classify', path: '/classify', icon: iconPen, group: 'system', needs: ['rule.manage'] },
  { name: 'jobs', path: '/jobs', icon: iconRefresh, group: 'system', needs: ['job.read'], key: 'j' },
  { name: 'audit', path: '/audit', icon: iconPen, group: 'system', needs: ['audit.read'] },
  { name: 'account', path: '/account', icon: iconGear, group: 'system', needs: [] },
  { name: 'inbox', path: '/inbox', icon: iconClock, group: 'system', needs: [] },
]

export const pageGroups = ['work', 'directory', 'system'] as const

/** The pages this person may open. */
export const myPages = () => deskPages.filter((page) => page.needs.length === 0 || page.needs.some(may))
