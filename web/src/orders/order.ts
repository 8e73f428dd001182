/** One kind of part used; the quantity in the unit named. */
export interface Part {
  code?: string
  name: string
  quantity: number
  unit?: string
}

/** 1 (very bad) to 5 (very good); absent when not said. */
export interface Scores {
  overall: number
  speed?: number
  attitude?: number
  quality?: number
  comment?: string
}

export interface OrderTask {
  id: string
  teamId: string
  teamName: string
  assigneeName?: string
  note: string
  done: boolean
  addedAt: number
  doneAt?: number
  remedy?: string
}

/** The parts of an order the phone faces read; all moments are Unix milliseconds. */
export interface Order {
  id: string
  number: string
  version: number
  status: string
  open: boolean
  channel: string
  itemId: string
  itemVersion: number
  itemName: string
  itemNameEn: string
  symptom?: string
  words?: string
  form?: Record<string, unknown>
  priority: string
  mode: string
  wantedAt?: number
  departmentName: string
  placeId?: string
  placeName?: string
  assetId?: string
  assetName?: string
  contactName?: string
  contactPhone?: string
  reporterId?: string
  creatorId?: string
  teamId?: string
  teamName?: string
  assigneeId?: string
  assigneeName?: string
  reportedAt: number
  dispatchedAt?: number
  acceptedAt?: number
  arrivedAt?: number
  finishedAt?: number
  confirmedAt?: number
  closedAt?: number
  respondDue?: number
  arriveDue?: number
  finishDue?: number
  clockStart: number
  holdReason?: string
  holdUntil?: number
  overdue?: string
  urges: number
  reworks: number
  visits: number
  labour: number
  cause?: string
  remedy?: string
  parts?: Part[]
  rating?: Scores
  tasks?: OrderTask[]
}

export interface OrderEvent {
  id: string
  seq: number
  kind: string
  at: number
  recordedAt: number
  actorId: string
  actorName: string
  placeName?: string
  facts: OrderFacts
}

/** What an event says beyond its kind; which are set depends on the kind. */
export interface OrderFacts {
  teamName?: string
  assigneeName?: string
  reason?: string
  note?: string
  until?: number
  clock?: string
  scanned?: boolean
  task?: OrderTask
  taskId?: string
  cause?: string
  remedy?: string
  labour?: number
  files?: string[]
  sign?: string
  scores?: Scores
  outcome?: string
  intoNumber?: string
}
