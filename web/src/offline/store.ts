import { openDB, type DBSchema, type IDBPDatabase } from 'idb'
import type { QueuedAction } from './queue'

interface Schema extends DBSchema {
  actions: { key: number; value: QueuedAction; indexes: { person: string } }
  copies: { key: string; value: { key: string; savedAt: number; value: unknown } }
}

let opened: Promise<IDBPDatabase<Schema>> | null = null

function database(): Promise<IDBPDatabase<Schema>> {
  opened ??= openDB<Schema>('wardline', 1, {
    upgrade(db) {
      const actions = db.createObjectStore('actions', { keyPath: 'seq', autoIncrement: true })
      actions.createIndex('person', 'person')
      db.createObjectStore('copies', { keyPath: 'key' })
    },
  })
  // A refused opening (private mode) must not be remembered as the answer for ever.
  opened.catch(() => (opened = null))
  return opened
}

/** What waits to be sent, oldest first, kept over reloads and restarts of the phone. */
export const actionStore = {
  async add(action: Omit<QueuedAction, 'seq'>): Promise<number> {
    return (await database()).add('actions', action as QueuedAction)
  },
  async put(action: QueuedAction): Promise<void> {
    await (await database()).put('actions', action)
  },
  async remove(seq: number): Promise<void> {
    await (await database()).delete('actions', seq)
  },
  async all(person: string): Promise<QueuedAction[]> {
    return (await database()).getAllFromIndex('actions', 'person', person)
  },
}

export type ActionStore = typeof actionStore

/** Copies of what the server said last, to be read without signal. */
export const copies = {
  async put(key: string, value: unknown): Promise<void> {
    await (await database()).put('copies', { key, savedAt: Date.now(), value: JSON.parse(JSON.stringify(value)) })
  },
  async get<T>(key: string): Promise<{ savedAt: number; value: T } | undefined> {
    return (await database()).get('copies', key) as Promise<{ savedAt: number; value: T } | undefined>
  },
  /** Removes every copy, when somebody signs out of a phone that others use too. */
  async clear(): Promise<void> {
    await (await database()).clear('copies')
  },
}
