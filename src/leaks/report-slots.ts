import type { FastifyReply, FastifyRequest } from 'fastify'
import { addressGroup } from '../kernel/address-group.ts'
import { KeyturnError } from '../kernel/errors.ts'
import { Tally } from '../kernel/tally.ts'

/** Bodies of the largest size that are in memory at the same time, of all reporters together. */
const MOST_AT_ONCE = 8
/** Those from one address, and the reports of one reporter that are handled at the same time. */
const MOST_OF_ONE = 4
/** Who has not sent the whole body after this time gives way to a new sender. A report of 8 MiB takes less. */
const UNHURRIED_MS = 1_000
const LONGEST_READ_MS = 10_000

interface Reading {
  readonly address: string
  readonly begunAt: number
  readonly isIncomplete: () => boolean
  readonly end: () => void
}

/**
 * Bounds the reports that are read and handled at the same time. A place is taken before the body is read, by whoever names
 * a key of GitHub. These keys are public, so a place must not be kept by one address, or by sending slowly.
 */
export class ReportSlots {
  private readonly readings = new Set<Reading>()
  private readonly handled = new Tally()

  /** Takes a place until the answer is sent or the connection is lost. Throws RATE_LIMITED where none is free. */
  read({ ip, raw }: FastifyRequest, reply: FastifyReply): void {
    const address = addressGroup(ip)
    const ofAddress = [...this.readings].filter((one) => one.address === address)
    if (ofAddress.length >= MOST_OF_ONE) this.makeRoom(ofAddress)
    else if (this.readings.size >= MOST_AT_ONCE) this.makeRoom([...this.readings])
    const reading: Reading = {
      address,
      begunAt: performance.now(),
      isIncomplete: () => !raw.complete,
      end: () => {
        clearTimeout(timer)
        this.readings.delete(reading)
        if (reading.isIncomplete()) raw.destroy()
      },
    }
    const timer = setTimeout(() => {
      if (reading.isIncomplete()) reading.end()
    }, LONGEST_READ_MS)
    this.readings.add(reading)
    reply.raw.once('close', reading.end)
  }

  /** Handles the report of an authenticated reporter. Throws RATE_LIMITED where several of theirs are being handled. */
  async handle<Result>(reporter: string, work: () => Promise<Result>): Promise<Result> {
    if (this.handled.of(reporter) >= MOST_OF_ONE) throw busy()
    this.handled.add(reporter, 1)
    try {
      return await work()
    } finally {
      this.handled.add(reporter, -1)
    }
  }

  /** Ends the longest of the readings whose sender does not hurry. */
  private makeRoom(readings: readonly Reading[]): void {
    const latest = performance.now() - UNHURRIED_MS
    // A set keeps its order, so the first one is the longest.
    const slow = readings.find(({ begunAt, isIncomplete }) => begunAt <= latest && isIncomplete())
    if (slow === undefined) throw busy()
    slow.end()
  }
}

const busy = () =>
  new KeyturnError('RATE_LIMITED', 'Other reports are being read: send this one again.', { retryAfterSeconds: 1 })
