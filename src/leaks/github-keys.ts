import { createPublicKey, type KeyObject } from 'node:crypto'
import { z } from 'zod'
import type { Clock } from '../kernel/clock.ts'
import { KeyturnError } from '../kernel/errors.ts'

export interface GitHubKeysParts {
  readonly url: string
  readonly clock: Clock
  /** Receives why the list could not be fetched. */
  readonly onFault: (error: unknown) => void
}

const SECOND = 1_000
const HOUR = 3_600 * SECOND
/** After this time the list is fetched again, while the old one is still used. */
const FRESH_MS = HOUR
/** After this time without a new list the old one is not used. */
const USABLE_MS = 24 * HOUR
/** Shortest time between two fetches, after one that succeeded and one that did not. */
const GAP_MS = 60 * SECOND
const FAILURE_GAP_MS = 10 * SECOND
const TIMEOUT_MS = 3 * SECOND
const LARGEST_LIST_BYTES = 256 * 1024
const MOST_KEYS = 100

const listShape = z.object({
  public_keys: z
    .array(z.object({ key_identifier: z.string().min(1).max(256), key: z.string().max(4_096) }))
    .max(MOST_KEYS),
})

/**
 * The public keys that GitHub signs reports with. An unknown id fetches the list, at most once a minute whoever asks, so
 * that nobody can make this service flood GitHub. Concurrent callers share one fetch.
 */
export class GitHubKeys {
  private readonly parts: GitHubKeysParts
  private keys: ReadonlyMap<string, KeyObject> = new Map()
  private fetchedAt = Number.NEGATIVE_INFINITY
  private triedAt = Number.NEGATIVE_INFINITY
  private failed = false
  private running: Promise<void> | null = null

  constructor(parts: GitHubKeysParts) {
    this.parts = parts
  }

  /** The key with an id; null where GitHub has none. Throws UNAVAILABLE where the list cannot be fetched. */
  async find(id: string): Promise<KeyObject | null> {
    const age = this.now() - this.fetchedAt
    const known = age < USABLE_MS ? this.keys.get(id) : undefined
    if (known !== undefined) {
      if (age >= FRESH_MS) void this.refresh()
      return known
    }
    await this.refresh()
    if (this.now() - this.fetchedAt >= USABLE_MS || this.failed)
      throw new KeyturnError('UNAVAILABLE', 'The public keys of GitHub cannot be fetched: send the report again.', {
        retryAfterSeconds: FAILURE_GAP_MS / SECOND,
      })
    return this.keys.get(id) ?? null
  }

  private refresh(): Promise<void> {
    const gap = this.failed ? FAILURE_GAP_MS : GAP_MS
    if (this.running === null && this.now() - this.triedAt >= gap)
      this.running = this.fetch().finally(() => {
        this.running = null
      })
    return this.running ?? Promise.resolve()
  }

  private async fetch(): Promise<void> {
    this.triedAt = this.now()
    try {
      this.keys = parseKeys(await fetchList(this.parts.url))
      this.fetchedAt = this.now()
      this.failed = false
    } catch (error) {
      this.failed = true
      this.parts.onFault(error)
    }
  }

  private now(): number {
    return this.parts.clock.now().getTime()
  }
}

/** Fetches the text of the list. Follows no redirect: the answer decides who may report leaks. */
const fetchList = async (url: string): Promise<string> => {
  // Loaded with the first report: modules take most of the time of a start.
  const { request } = await import('undici')
  const { statusCode, body } = await request(url, {
    headers: { accept: 'application/json', 'user-agent': 'Keyturn' },
    signal: AbortSignal.timeout(TIMEOUT_MS),
  })
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of body) {
    size += chunk.length
    if (size > LARGEST_LIST_BYTES) throw new Error(`The list of keys has more than ${LARGEST_LIST_BYTES} bytes.`)
    chunks.push(chunk)
  }
  if (statusCode !== 200) throw new Error(`The server of the list of keys answered ${statusCode}.`)
  return Buffer.concat(chunks).toString()
}

/** The ECDSA P-256 keys of the list. Others cannot have signed a report. */
const parseKeys = (text: string): ReadonlyMap<string, KeyObject> => {
  const { public_keys: listed } = listShape.parse(JSON.parse(text))
  const keys = new Map<string, KeyObject>()
  for (const { key_identifier: id, key: pem } of listed) {
    const key = readKey(pem)
    if (key !== null) keys.set(id, key)
  }
  return keys
}

const readKey = (pem: string): KeyObject | null => {
  try {
    const key = createPublicKey(pem)
    return key.asymmetricKeyDetails?.namedCurve === 'prime256v1' ? key : null
  } catch {
    // One unreadable key must not take the others away.
    return null
  }
}
