import { CodedError, migrate, transaction, type Migration } from '@berth/stdx'
import type { DatabaseSync } from 'node:sqlite'
import { broadcastOf, type Subnet } from './ipv4.ts'

const migrations: Migration[] = [
  (database) =>
    database.exec(`
      CREATE TABLE network (
        bridge TEXT PRIMARY KEY,
        address INTEGER NOT NULL,
        prefix_length INTEGER NOT NULL,
        next_address INTEGER NOT NULL,
        owns_bridge INTEGER NOT NULL,
        owns_forwarding INTEGER NOT NULL
      ) STRICT;
      CREATE TABLE endpoint (
        endpoint_id TEXT PRIMARY KEY,
        bridge TEXT NOT NULL REFERENCES network (bridge),
        address INTEGER NOT NULL,
        mac_address TEXT NOT NULL,
        host_interface TEXT NOT NULL,
        UNIQUE (bridge, address)
      ) STRICT;
      CREATE TABLE freed_address (
        sequence INTEGER PRIMARY KEY AUTOINCREMENT,
        bridge TEXT NOT NULL REFERENCES network (bridge),
        address INTEGER NOT NULL,
        UNIQUE (bridge, address)
      ) STRICT;
    `),
]

export interface NetworkRow {
  subnet: Subnet
  /** The bridge was made by this engine, so it may go with it. */
  ownsBridge: boolean
  /** IP forwarding was off before this engine. */
  ownsForwarding: boolean
}

export interface EndpointRow {
  endpointId: string
  address: number
  macAddress: string
  hostInterface: string
}

export interface Reservation {
  endpointId: string
  hostInterface: string
  /** A wish; else the next free one is taken. */
  address: number | undefined
  macOf: (address: number) => string
}

/**
 * The addresses of one bridge. Each is held by at most one endpoint. New ones are given in order, those that were freed
 * only when no new one is left, the longest free one first: a late packet for a container that is gone meets nobody.
 */
export class IpamStore {
  readonly #database: DatabaseSync
  readonly #bridge: string

  constructor(database: DatabaseSync, bridge: string) {
    migrate(database, 'network', migrations)
    this.#database = database
    this.#bridge = bridge
  }

  findNetwork(): NetworkRow | undefined {
    const row = this.#get('SELECT * FROM network WHERE bridge = ?')
    if (row === undefined) return undefined
    return {
      subnet: { address: Number(row['address']), prefixLength: Number(row['prefix_length']) },
      ownsBridge: row['owns_bridge'] === 1,
      ownsForwarding: row['owns_forwarding'] === 1,
    }
  }

  /** Writes the network; when its subnet is another one than before, nothing is freed any more. */
  saveNetwork({ subnet, ownsBridge, ownsForwarding }: NetworkRow): void {
    const former = this.findNetwork()?.subnet
    const same = former?.address === subnet.address && former.prefixLength === subnet.prefixLength
    transaction(this.#database, () => {
      this.#run(
        `INSERT INTO network VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (bridge) DO UPDATE SET
           address = excluded.address, prefix_length = excluded.prefix_length,
           owns_bridge = excluded.owns_bridge, owns_forwarding = excluded.owns_forwarding`,
        subnet.address,
        subnet.prefixLength,
        firstHost(subnet),
        Number(ownsBridge),
        Number(ownsForwarding),
      )
      if (same) return
      this.#run('UPDATE network SET next_address = ?2 WHERE bridge = ?1', firstHost(subnet))
      this.#run('DELETE FROM freed_address WHERE bridge = ?')
    })
  }

  listEndpoints(): EndpointRow[] {
    const rows = this.#database
      .prepare('SELECT * FROM endpoint WHERE bridge = ? ORDER BY address')
      .all(this.#bridge)
    return rows.map(decodeEndpoint)
  }

  findEndpoint(endpointId: string): EndpointRow | undefined {
    const row = this.#get('SELECT * FROM endpoint WHERE bridge = ? AND endpoint_id = ?', endpointId)
    return row && decodeEndpoint(row)
  }

  /** Holds an address for an endpoint, durably. Throws Docker's errors when it is taken, outside, or none is left. */
  reserve({ endpointId, hostInterface, address: wish, macOf }: Reservation): EndpointRow {
    return transaction(this.#database, () => {
      if (this.findEndpoint(endpointId) !== undefined) {
        throw new CodedError(
          'already-exists',
          `endpoint ${endpointId} already exists in network ${this.#bridge}`,
        )
      }
      const address = wish === undefined ? this.#takeNext() : this.#takeWished(wish)
      const row = { endpointId, address, macAddress: macOf(address), hostInterface }
      this.#run('DELETE FROM freed_address WHERE bridge = ? AND address = ?', address)
      this.#run('INSERT INTO endpoint VALUES (?2, ?1, ?3, ?4, ?5)', ...Object.values(row))
      return row
    })
  }

  /** Frees the endpoint's address. Idempotent. */
  release(endpointId: string): void {
    transaction(this.#database, () => {
      const row = this.findEndpoint(endpointId)
      if (row === undefined) return
      this.#run('DELETE FROM endpoint WHERE bridge = ? AND endpoint_id = ?', endpointId)
      this.#run('INSERT INTO freed_address (bridge, address) VALUES (?, ?)', row.address)
    })
  }

  #takeWished(address: number): number {
    const { subnet } = this.#network()
    if (address < firstHost(subnet) || address > lastHost(subnet)) {
      throw new CodedError('invalid-argument', 'Requested address is out of range')
    }
    if (this.#holder(address) !== undefined) throw new CodedError('forbidden', 'Address already in use')
    return address
  }

  #takeNext(): number {
    const { subnet, nextAddress } = this.#network()
    for (let address = nextAddress; address <= lastHost(subnet); address++) {
      if (this.#holder(address) !== undefined || this.#isFreed(address)) continue
      this.#run('UPDATE network SET next_address = ?2 WHERE bridge = ?1', address + 1)
      return address
    }
    const freed = this.#get('SELECT address FROM freed_address WHERE bridge = ? ORDER BY sequence LIMIT 1')
    if (freed === undefined) {
      throw new CodedError(
        'unavailable',
        `no available IPv4 addresses on this network's address pools: ${this.#bridge}`,
      )
    }
    this.#run('UPDATE network SET next_address = ?2 WHERE bridge = ?1', lastHost(subnet) + 1)
    return Number(freed['address'])
  }

  #network(): { subnet: Subnet; nextAddress: number } {
    const row = this.#get('SELECT * FROM network WHERE bridge = ?')
    if (row === undefined)
      throw new CodedError('internal', `Cannot reserve address: no network ${this.#bridge}`)
    return {
      subnet: { address: Number(row['address']), prefixLength: Number(row['prefix_length']) },
      nextAddress: Number(row['next_address']),
    }
  }

  #holder(address: number): unknown {
    return this.#get('SELECT 1 FROM endpoint WHERE bridge = ? AND address = ?', address)
  }

  #isFreed(address: number): boolean {
    return this.#get('SELECT 1 FROM freed_address WHERE bridge = ? AND address = ?', address) !== undefined
  }

  #get(sql: string, ...values: (string | number)[]) {
    return this.#database.prepare(sql).get(this.#bridge, ...values)
  }

  #run(sql: string, ...values: (string | number)[]): void {
    this.#database.prepare(sql).run(this.#bridge, ...values)
  }
}

/** The bridge itself has the first address. */
const firstHost = (subnet: Subnet): number => subnet.address + 2
const lastHost = (subnet: Subnet): number => broadcastOf(subnet) - 1

function decodeEndpoint(row: Record<string, unknown>): EndpointRow {
  return {
    endpointId: String(row['endpoint_id']),
    address: Number(row['address']),
    macAddress: String(row['mac_address']),
    hostInterface: String(row['host_interface']),
  }
}
