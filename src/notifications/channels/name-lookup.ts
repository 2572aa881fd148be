import { type LookupAddress, lookup as systemLookup } from 'node:dns'
import { Resolver } from 'node:dns/promises'
import { promisify } from 'node:util'

/** Resolves a host name to all of its addresses. */
export type Lookup = (hostname: string) => Promise<readonly LookupAddress[]>

const lookUp = promisify(systemLookup)

export interface NameLookupOptions {
  /** Name servers as `address:port`; those of the system if left out. */
  readonly servers?: readonly string[]
  /** The resolution of the system. */
  readonly system?: Lookup
}

/** Milliseconds until a name server is asked again, and how often it is asked. */
const TIMEOUT_MS = 3_000
const TRIES = 2
const NOT_IN_DNS: ReadonlySet<unknown> = new Set(['ENOTFOUND', 'ENODATA'])

/**
 * Resolves names that tenants choose. The system's resolution takes one of two threads for as long as the name servers of a
 * name take, so slow ones would delay all other names. DNS is therefore asked directly, any number of names at the same time.
 * The system is asked for names without a dot, and, one after the other, for those that DNS does not have: it also knows the
 * hosts file and search domains.
 */
export class NameLookup {
  private readonly servers: readonly string[] | undefined
  private readonly system: Lookup
  private lastSystemLookup: Promise<unknown> = Promise.resolve()

  constructor({ servers, system = (hostname) => lookUp(hostname, { all: true }) }: NameLookupOptions = {}) {
    this.servers = servers
    this.system = system
  }

  /** The addresses of a name, IPv4 first. Throws the error of DNS or of the system. */
  async find(hostname: string): Promise<readonly LookupAddress[]> {
    if (!hostname.includes('.')) return this.system(hostname)
    const resolver = this.createResolver()
    const [v4, v6] = await Promise.allSettled([resolver.resolve4(hostname), resolver.resolve6(hostname)])
    const addresses = [...addressesOf(v4, 4), ...addressesOf(v6, 6)]
    if (addresses.length > 0) return addresses
    const failures = [v4, v6].flatMap((one) => (one.status === 'rejected' ? [one.reason] : []))
    const unexpected = failures.find(({ code }) => !NOT_IN_DNS.has(code))
    if (unexpected !== undefined) throw unexpected
    return this.askSystem(hostname)
  }

  /** For one name, because a resolver keeps the name servers that the system had when it was made. */
  private createResolver(): Resolver {
    const resolver = new Resolver({ timeout: TIMEOUT_MS, tries: TRIES })
    if (this.servers !== undefined) resolver.setServers(this.servers)
    return resolver
  }

  private askSystem(hostname: string): Promise<readonly LookupAddress[]> {
    const asked = this.lastSystemLookup.then(() => this.system(hostname))
    this.lastSystemLookup = asked.catch(() => undefined)
    return asked
  }
}

const addressesOf = (resolved: PromiseSettledResult<string[]>, family: 4 | 6): LookupAddress[] =>
  resolved.status === 'fulfilled' ? resolved.value.map((address) => ({ address, family })) : []
