import { Tally } from '../kernel/tally.ts'
import type { SlotHolder } from './slot-limit.ts'

const MEBIBYTE = 1024 * 1024

/** Bytes that callers may leave unread over all their sockets. */
export interface UnreadLimits {
  readonly perHolder: number
  readonly perOrganization: number
  readonly inAll: number
}

const DEFAULTS: UnreadLimits = {
  perHolder: 32 * MEBIBYTE,
  perOrganization: 128 * MEBIBYTE,
  inAll: 256 * MEBIBYTE,
}

/** The unread bytes of a socket. */
export class UnreadReader {
  holder: SlotHolder
  bytes = 0
  /** Cuts the connection, so that its bytes are freed. */
  readonly cut: () => void

  constructor(holder: SlotHolder, cut: () => void) {
    this.holder = holder
    this.cut = cut
  }
}

/**
 * Counts the bytes that were sent on WebSockets and not taken by the network yet: per holder, per organization, and in
 * total. If a sum exceeds its limit, the sockets with the most unread bytes among those in it are cut. A caller that reads
 * keeps its socket, however little others read.
 */
export class UnreadBytes {
  private readonly limits: UnreadLimits
  private readonly readers = new Set<UnreadReader>()
  private readonly byHolder = new Tally()
  private readonly byOrganization = new Tally()
  private inAll = 0

  constructor(limits: UnreadLimits = DEFAULTS) {
    this.limits = limits
  }

  get size(): number {
    return this.inAll
  }

  open(holder: SlotHolder, cut: () => void): UnreadReader {
    const reader = new UnreadReader(holder, cut)
    this.readers.add(reader)
    return reader
  }

  /** Counts the reader for another holder from now on, because its caller has presented a credential. */
  move(reader: UnreadReader, holder: SlotHolder): void {
    const { bytes } = reader
    this.count(reader, -bytes)
    reader.holder = holder
    this.count(reader, bytes)
  }

  /** Counts sent bytes; negative if the network has taken them. */
  add(reader: UnreadReader, bytes: number): void {
    if (!this.readers.has(reader)) return
    this.count(reader, bytes)
    if (bytes > 0) this.enforce(reader.holder)
  }

  close(reader: UnreadReader): void {
    this.count(reader, -reader.bytes)
    this.readers.delete(reader)
  }

  private count(reader: UnreadReader, bytes: number): void {
    const { name, organizationId } = reader.holder
    reader.bytes += bytes
    this.byHolder.add(name, bytes)
    if (organizationId !== null) this.byOrganization.add(organizationId, bytes)
    this.inAll += bytes
  }

  private enforce({ name, organizationId }: SlotHolder): void {
    const { perHolder, perOrganization, inAll } = this.limits
    while (this.byHolder.of(name) > perHolder) this.cutLargest(({ holder }) => holder.name === name)
    if (organizationId !== null)
      while (this.byOrganization.of(organizationId) > perOrganization)
        this.cutLargest(({ holder }) => holder.organizationId === organizationId)
    while (this.inAll > inAll) this.cutLargest(() => true)
  }

  private cutLargest(isCounted: (reader: UnreadReader) => boolean): void {
    let largest: UnreadReader | null = null
    for (const reader of this.readers) if (isCounted(reader) && reader.bytes > (largest?.bytes ?? 0)) largest = reader
    if (largest === null) throw new Error('The unread bytes of no socket add up to the sum.')
    this.close(largest)
    largest.cut()
  }
}
