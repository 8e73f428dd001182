import { randomBytes } from 'node:crypto'
import type { House } from '../hospital/program'
import { photoOfLabel, readLabel } from '../things/label'
import { Api } from './api'
import type { Asset, CatalogFound, Department, Event, Listed, Order, Person, Place } from './shapes'

/** An asset of one journey alone, with the code on its label. */
export interface Labelled {
  asset: Asset
  code: string
  /** The label's QR code as a photo. */
  photo: { name: string; mimeType: string; buffer: Buffer }
}

/** The hospital of a journey: its people's ways into the API, and things nobody else uses. */
export class Hospital {
  private readonly known = new Map<string, Promise<Api>>()

  constructor(private readonly house: House) {}

  get base(): string {
    return this.house.base
  }

  get engine(): string {
    return this.house.engine
  }

  /** Somebody's way into the API. */
  as(login: string): Promise<Api> {
    let api = this.known.get(login)
    if (!api) this.known.set(login, (api = Api.signIn(this.base, login)))
    return api
  }

  async me(login: string): Promise<Person> {
    return (await this.as(login)).get<Person>('/auth/me')
  }

  /** A word that stands nowhere else. */
  mark(): string {
    return randomBytes(4).toString('hex')
  }

  /** A new asset in the first room of somebody's department. */
  async newAsset(login: string, facts: { class: string; name: string }): Promise<Labelled> {
    const keeper = await this.as('keeper')
    const { departmentId } = await this.me(login)
    const rooms = await keeper.get<Listed<Place>>('/places', { departmentId, kind: 'room', limit: 1 })
    const asset = await keeper.post<Asset>('/assets', { ...facts, number: `E${this.mark()}`, placeId: rooms.items[0]!.id, departmentId })
    const html = await keeper.page(`/print/labels?format=60x40&assets=${asset.id}`)
    return { asset, code: codeIn(readLabel(html)), photo: photoOfLabel(html) }
  }

  /** A place where anyone may report, with the code on its label. */
  async publicPlace(): Promise<{ place: Place; code: string }> {
    const keeper = await this.as('keeper')
    const { items: departments } = await keeper.get<Listed<Department>>('/departments', { limit: 100 })
    const { id: departmentId } = departments.find((one) => one.publicReport)!
    const { items: places } = await keeper.get<Listed<Place>>('/places', { departmentId, kind: 'room', limit: 1 })
    const place = places[0]!
    return { place, code: codeIn(readLabel(await keeper.page(`/print/labels?format=40x30&places=${place.id}`))) }
  }

  /** An item of the catalogue by its code. */
  async item(code: string): Promise<CatalogFound> {
    const { items } = await (await this.as('agent')).get<Listed<CatalogFound>>('/catalog/search', { q: code })
    const item = items.find((one) => one.code === code)
    if (!item) throw new Error(`the catalogue has no item ${code}`)
    return item
  }

  /** The order as the agent sees it. */
  async order(ref: string): Promise<Order> {
    return (await this.as('agent')).get<Order>(`/orders/${ref}`)
  }

  async timeline(ref: string): Promise<Event[]> {
    return (await (await this.as('agent')).get<Listed<Event>>(`/orders/${ref}/timeline`)).items
  }

  /** The nurse reports; for journeys that begin later in the loop. */
  async reported(item: string, thing: Labelled, words: string, more: Record<string, unknown> = {}): Promise<Order> {
    const { id } = await this.item(item)
    return (await this.as('nurse')).post<Order>('/orders', { itemId: id, assetId: thing.asset.id, words, channel: 'scan', ...more })
  }

  /** The dispatcher gives an order to somebody of its team. */
  async given(order: Order, login: string): Promise<Order> {
    const { id } = await this.me(login)
    return (await this.as('dispatcher')).post<Order>(`/orders/${order.id}/dispatch`, { teamId: order.teamId, assigneeId: id })
  }

  /** A patient to be fetched, whom the porter has accepted. */
  async carried(): Promise<Order> {
    const agent = await this.as('agent')
    const { items: rooms } = await agent.get<Listed<Place>>('/places', { kind: 'room', limit: 2 })
    const { order } = await agent.post<{ order: Order }>('/transport/orders', {
      itemId: (await this.item('TP01')).id,
      placeId: rooms[0]!.id,
      toId: rooms[1]!.id,
      channel: 'desk',
      form: { bed: '12', to: rooms[1]!.id, travel: 'wheelchair', oxygen: 'yes', monitor: 'no', isolation: 'contact' },
      patient: { name: '张晓明', wristband: `ZY${this.mark()}` },
    })
    const given = await this.given(order, 'porter')
    return (await this.as('porter')).post<Order>(`/orders/${given.id}/accept`)
  }

  /** The engineer takes an order all the way to the end of the work. */
  async worked(order: Order, login: string, remedy: string): Promise<Order> {
    const engineer = await this.as(login)
    await engineer.post(`/orders/${order.id}/accept`)
    await engineer.post(`/orders/${order.id}/arrive`)
    return engineer.post<Order>(`/orders/${order.id}/finish`, { remedy })
  }
}

/** The code in the address on a label. */
export function codeIn(address: string): string {
  const code = /\/m\/s\/([^/?#]+)$/.exec(address)?.[1]
  if (!code) throw new Error(`${address} is no address of a label`)
  return decodeURIComponent(code)
}
