import type { Schemas } from '@/api/client'

/** An order as it stands; every moment is Unix milliseconds. */
export type Order = Schemas['WorkorderOrder']

/** As much of an order as whoever waits for it is shown; an order's own link tells no more. */
export type TrackedOrder = Pick<
  Order,
  | 'number'
  | 'incidentRole'
  | 'status'
  | 'open'
  | 'itemName'
  | 'itemNameEn'
  | 'symptom'
  | 'placeName'
  | 'assetName'
  | 'mode'
  | 'teamName'
  | 'assigneeName'
  | 'reportedAt'
  | 'dispatchedAt'
  | 'acceptedAt'
  | 'arrivedAt'
  | 'finishedAt'
  | 'confirmedAt'
  | 'closedAt'
  | 'respondDue'
  | 'arriveDue'
  | 'finishDue'
  | 'clockStart'
  | 'holdReason'
  | 'holdUntil'
  | 'urges'
  | 'remedy'
  | 'rating'
>

/** One thing that happened to an order. */
export type OrderEvent = Schemas['WorkorderEvent']

/** What an event says beyond its kind; which parts are set depends on the kind. */
export type OrderFacts = Schemas['WorkorderFacts']

/** A part of an order that another team does. */
export type OrderTask = Schemas['WorkorderTask']

/** One kind of part used; the quantity in the unit named. */
export type Part = Schemas['WorkorderPart']

/** 1 (very bad) to 5 (very good); absent when not said. */
export type Scores = Schemas['WorkorderScores']
