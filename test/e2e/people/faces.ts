import type { Device } from './journey'
import type { Hospital } from './hospital'
import type { CatalogFound, NewScreen, Order } from './shapes'

/** A page of one of the faces, and who looks at it. */
export interface FacePage {
  /** Names the page in reports and pictures. */
  name: string
  as?: string
  on: Device
  at: string
}

/** What pages with something in their address show. */
export interface Subjects {
  /** The nurse's. */
  reported: Order
  /** In the engineer's hands. */
  given: Order
  /** In the porter's hands. */
  carried: Order
  /** What the agent looks at. */
  looked: Order
  asset: { id: string; code: string }
  item: CatalogFound
  personId: string
  screenToken: string
  /** The demonstration's major incident. */
  incidentId: string
  /** Code of a place where anyone may report. */
  publicCode: string
}

/** Things of a journey's own to show. */
export async function newSubjects(hospital: Hospital): Promise<Subjects> {
  const thing = await hospital.newAsset('nurse', { class: 'mobile', name: '移动护理PDA' })
  const reported = await hospital.reported('HW07', thing, '屏幕碎了，护士长请尽快处理')
  const given = await hospital.given(await hospital.reported('HW07', thing, '充不进电'), 'engineer')
  return { reported, given, carried: await hospital.carried(), looked: reported, asset: { id: thing.asset.id, code: thing.code }, ...(await standing(hospital)) }
}

/** What every hospital has. */
export async function standing(hospital: Hospital): Promise<Pick<Subjects, 'item' | 'personId' | 'screenToken' | 'publicCode' | 'incidentId'>> {
  const admin = await hospital.as('admin')
  const { token } = await admin.post<NewScreen>('/screens', { name: '后勤服务大屏', days: 30 })
  const { id: personId } = await hospital.me('engineer')
  const { items: incidents } = await admin.get<{ items: { id: string }[] }>('/incidents', { status: 'closed', limit: 1 })
  return { item: await hospital.item('HW03'), incidentId: incidents[0]!.id, personId, screenToken: token, publicCode: (await hospital.publicPlace()).code }
}

/** Every page of every face. */
export function facePages(known: Subjects): Record<'report' | 'work' | 'desk' | 'screen', FacePage[]> {
  const nurse = { as: 'nurse', on: 'phone' } as const
  const engineer = { as: 'engineer', on: 'phone' } as const
  const desk = (name: string, at: string, as = 'admin'): FacePage => ({ name: `desk-${name}`, as, on: 'desk', at: `/desk${at}` })
  return {
    report: [
      { name: 'report-login', on: 'phone', at: '/m/login' },
      { name: 'report-visitor-home', on: 'phone', at: '/m/' },
      { name: 'report-home', ...nurse, at: '/m/' },
      { name: 'report-new', ...nurse, at: '/m/new' },
      { name: 'report-scanned', ...nurse, at: `/m/s/${known.asset.code}` },
      { name: 'report-track', ...nurse, at: `/m/o/${known.reported.id}` },
      { name: 'report-link', on: 'phone', at: `/m/t/${known.reported.link}` },
      { name: 'report-public', on: 'phone', at: `/p/${known.publicCode}` },
      { name: 'report-orders', ...nurse, at: '/m/orders' },
      { name: 'report-faq', ...nurse, at: '/m/faq' },
      { name: 'report-me', ...nurse, at: '/m/me' },
      { name: 'report-password', ...nurse, at: '/m/password' },
      { name: 'report-inbox', ...nurse, at: '/m/inbox' },
    ],
    work: [
      { name: 'work-login', on: 'phone', at: '/m/work/login' },
      { name: 'work-mine', ...engineer, at: '/m/work/' },
      { name: 'work-pool', ...engineer, at: '/m/work/pool' },
      { name: 'work-porter', ...engineer, as: 'porter', at: '/m/work/' },
      { name: 'work-porter-pool', ...engineer, as: 'porter', at: '/m/work/pool' },
      { name: 'work-order', ...engineer, at: `/m/work/o/${known.given.id}` },
      { name: 'work-finish', ...engineer, at: `/m/work/o/${known.given.id}/finish` },
      { name: 'work-carry', ...engineer, as: 'porter', at: `/m/work/o/${known.carried.id}/carry` },
      { name: 'work-scanned', ...engineer, at: `/m/work/s/${known.asset.code}` },
      { name: 'work-outbox', ...engineer, at: '/m/work/outbox' },
      { name: 'work-me', ...engineer, at: '/m/work/me' },
      { name: 'work-inbox', ...engineer, at: '/m/work/inbox' },
    ],
    desk: [
      { name: 'desk-login', on: 'desk', at: '/desk/login' },
      desk('intake', '/', 'agent'),
      desk('orders', '/orders', 'agent'),
      desk('order', `/orders/${known.looked.id}`, 'agent'),
      { ...desk('board', '/board', 'dispatcher'), on: 'wall' },
      desk('board-person', '/board?view=person', 'dispatcher'),
      desk('board-floor', '/board?view=floor', 'dispatcher'),
      { ...desk('board-kiosk', '/board?view=team&kiosk=1', 'dispatcher'), on: 'wall' },
      desk('pool', '/pool', 'dispatcher'),
      desk('callbacks', '/callbacks', 'agent'),
      desk('assets', '/assets', 'keeper'),
      desk('asset', `/assets/${known.asset.id}`, 'keeper'),
      desk('people', '/people'),
      desk('person', `/people/${known.personId}`),
      ...['places', 'departments', 'campuses', 'teams', 'skills', 'vendors', 'extensions', 'duty'].map((kind) => desk(`org-${kind}`, `/org/${kind}`)),
      desk('catalog', '/catalog'),
      desk('catalog-item', `/catalog/${known.item.id}`),
      desk('roles', '/roles'),
      desk('moves', '/transport', 'dispatcher'),
      desk('moves-booked', '/transport?part=booked', 'dispatcher'),
      desk('loans', '/loans', 'dispatcher'),
      desk('moving', '/transport/settings'),
      desk('plans', '/plans'),
      desk('incidents', '/incidents'),
      desk('incident', `/incidents/${known.incidentId}`),
      desk('incident-plans', '/incident-plans'),
      desk('problems', '/problems'),
      desk('classify', '/classify'),
      desk('batch', '/batch', 'dispatcher'),
      desk('dispatching', '/dispatching'),
      desk('due-reports', '/due-reports', 'manager'),
      desk('watches', '/watches', 'manager'),
      desk('ladders', '/ladders'),
      desk('ladder-new', '/ladders/new'),
      desk('rules', '/rules'),
      desk('rule-new', '/rules/new'),
      desk('clocks', '/clocks'),
      desk('screens', '/screens'),
      desk('messages', '/messages'),
      desk('history', '/history'),
      desk('jobs', '/jobs'),
      desk('audit', '/audit'),
      desk('account', '/account'),
      desk('inbox', '/inbox'),
    ],
    screen: [{ name: 'screen', on: 'wall', at: `/screen/?token=${known.screenToken}` }],
  }
}
