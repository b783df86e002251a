import { CodedError, migrate, prepare, type Migration } from '@berth/stdx'
import type { DatabaseSync } from 'node:sqlite'
import type { ContainerRecord, ContainerStateRecord } from './container-record.ts'

const migrations: readonly Migration[] = [
  (database) =>
    database.exec(`
      CREATE TABLE container (
        id TEXT PRIMARY KEY,
        name TEXT NOT NULL UNIQUE,
        image_id TEXT NOT NULL,
        record TEXT NOT NULL
      ) STRICT;
    `),
]

/** Containers in SQLite, all of them in memory too: reads are many, writes few. A write is durable when it returns. */
export class ContainerStore {
  readonly #database: DatabaseSync
  readonly #byId = new Map<string, ContainerRecord>()
  readonly #byName = new Map<string, ContainerRecord>()

  constructor(database: DatabaseSync) {
    migrate(database, 'containers', migrations)
    this.#database = database
    for (const row of database.prepare('SELECT record FROM container').all()) {
      this.#remember(JSON.parse(String(row['record'])) as ContainerRecord)
    }
  }

  /** Adds the record or replaces the one of the same id. */
  save(record: ContainerRecord): void {
    prepare(
      this.#database,
      'INSERT INTO container VALUES (?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET name = excluded.name, record = excluded.record',
    ).run(record.id, record.name, record.imageId, JSON.stringify(record))
    this.#remember(record)
  }

  /** Changes parts of a container's state, on top of whatever it is by now. Returns the new record. */
  setState(id: string, state: Partial<ContainerStateRecord>): ContainerRecord {
    const record = this.#byId.get(id)
    if (!record) throw new CodedError('not-found', `No such container: ${id}`)
    const changed = { ...record, state: { ...record.state, ...state } }
    this.save(changed)
    return changed
  }

  delete(id: string): void {
    prepare(this.#database, 'DELETE FROM container WHERE id = ?').run(id)
    const record = this.#byId.get(id)
    this.#byId.delete(id)
    if (record && this.#byName.get(record.name) === record) this.#byName.delete(record.name)
  }

  find(id: string): ContainerRecord | undefined {
    return this.#byId.get(id)
  }

  findByName(name: string): ContainerRecord | undefined {
    return this.#byName.get(name)
  }

  list(): ContainerRecord[] {
    return [...this.#byId.values()]
  }

  #remember(record: ContainerRecord): void {
    for (const [name, known] of this.#byName) if (known.id === record.id) this.#byName.delete(name)
    this.#byId.set(record.id, record)
    this.#byName.set(record.name, record)
  }
}
