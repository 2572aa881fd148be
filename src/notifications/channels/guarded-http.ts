import type { LookupAddress } from 'node:dns'
import { isIP, type LookupFunction } from 'node:net'
import type { Agent, buildConnector, request } from 'undici'
import { classifyAddress, literalAddress } from './address-rule.ts'
import { type Lookup, NameLookup } from './name-lookup.ts'

export interface GuardedHttpOptions {
  /** CIDR ranges that requests may reach besides public addresses, and without TLS. */
  readonly allowedRanges: readonly string[]
  readonly lookup?: Lookup
  readonly timeoutMs?: number
}

export interface HttpAnswer {
  readonly status: number
  readonly retryAfter: string | null
}

/** The address of a receiver is not allowed. The message may be shown to managers of the route. */
export class RefusedAddress extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'RefusedAddress'
  }
}

interface Client {
  readonly agent: Agent
  readonly request: typeof request
}

const TIMEOUT_MS = 15_000
const LARGEST_ANSWER_BYTES = 64 * 1024

/**
 * Sends requests to addresses that tenants choose (SSRF protection). Each new connection resolves the name once, checks
 * every address and connects to a checked one, so DNS rebinding has no effect. It uses no proxy, follows no redirect, and
 * limits time and response size.
 */
export class GuardedHttp {
  private readonly options: GuardedHttpOptions
  private readonly names = new NameLookup()
  private client: Promise<Client> | null = null

  constructor(options: GuardedHttpOptions) {
    this.options = options
  }

  /** Posts a JSON body. Throws RefusedAddress, and an error if there is no response in time. */
  async post(url: string, body: string, headers: Record<string, string>, signal?: AbortSignal): Promise<HttpAnswer> {
    const { timeoutMs = TIMEOUT_MS } = this.options
    const timeout = AbortSignal.timeout(timeoutMs)
    this.client ??= this.createClient()
    const { request, agent } = await this.client
    const response = await request(url, {
      method: 'POST',
      dispatcher: agent,
      headers: { 'content-type': 'application/json', 'user-agent': 'Keyturn', ...headers },
      body,
      signal: signal === undefined ? timeout : AbortSignal.any([timeout, signal]),
    })
    const retryAfter = response.headers['retry-after']
    // Read only to keep the connection alive. A response beyond the limit closes it.
    await response.body.dump({ limit: LARGEST_ANSWER_BYTES }).catch(() => undefined)
    return { status: response.statusCode, retryAfter: typeof retryAfter === 'string' ? retryAfter : null }
  }

  async close(): Promise<void> {
    await (await this.client)?.agent.destroy()
  }

  /** Loads undici on the first request, because loading modules dominates the start time. */
  private async createClient(): Promise<Client> {
    const undici = await import('undici')
    const agent = new undici.Agent({
      connect: this.createConnector(undici.buildConnector),
      // Routes of many organizations share an origin: a limit would let a slow one delay the others.
      connections: null,
      pipelining: 1,
      keepAliveTimeout: 10_000,
      maxHeaderSize: 16 * 1024,
    })
    return { request: undici.request, agent }
  }

  private createConnector(build: typeof buildConnector): buildConnector.connector {
    const [secure, plain] = [this.connectorFor(build, 'https:'), this.connectorFor(build, 'http:')]
    return (options, callback) => {
      const address = literalAddress(options.hostname)
      try {
        // Node.js does not look up a literal address.
        if (address !== null) this.check(options.hostname, [{ address, family: isIP(address) }], options.protocol)
      } catch (error) {
        callback(error instanceof Error ? error : new Error('The address was refused.'), null)
        return
      }
      const connect = options.protocol === 'https:' ? secure : plain
      connect(options, callback)
    }
  }

  private connectorFor(build: typeof buildConnector, protocol: string): buildConnector.connector {
    const { timeoutMs = TIMEOUT_MS } = this.options
    const resolve: Lookup = this.options.lookup ?? ((hostname) => this.names.find(hostname))
    const lookup: LookupFunction = (hostname, { all }, callback) => {
      resolve(hostname)
        .then((addresses) => this.check(hostname, addresses, protocol))
        .then((checked) => {
          const [first] = checked
          if (first === undefined) throw new RefusedAddress(`${hostname} has no address.`)
          if (all === true) callback(null, [...checked])
          else callback(null, first.address, first.family)
        })
        .catch((error: NodeJS.ErrnoException) => callback(error, '', 0))
    }
    return build({ lookup, timeout: timeoutMs })
  }

  /** The addresses that a connection may use. Throws RefusedAddress if any address is refused. */
  private check(hostname: string, addresses: readonly LookupAddress[], protocol: string): readonly LookupAddress[] {
    const { allowedRanges } = this.options
    const configured = addresses.filter(({ address }) => classifyAddress(address, allowedRanges) === 'configured')
    // A name may have addresses of both families, such as localhost, of which the operator allows one.
    if (configured.length > 0) return configured
    if (addresses.some(({ address }) => classifyAddress(address, allowedRanges) === 'refused'))
      throw new RefusedAddress(`${hostname} has an address that is not public.`)
    if (protocol !== 'https:') throw new RefusedAddress('Public addresses need https.')
    return addresses
  }
}
