import { createKeyturnClient, type KeyturnClient } from '../../client/client.ts'
import { SessionDocument, type SessionQuery } from '../../generated/graphql.ts'
import { readEnvironment } from '../environment.ts'
import type { GlobalOptions } from '../options.ts'
import { Output } from '../terminal/output.ts'
import { type Connection, chooseConnection } from './connection.ts'
import { ExpiryNotice } from './expiry-notice.ts'
import { findOrganization, type OrganizationName } from './organizations.ts'
import { ProfileStore } from './profiles.ts'

export type Viewer = SessionQuery['viewer']

/** An authenticated connection to a server, for one command. */
export class Session {
  readonly connection: Connection
  readonly client: KeyturnClient
  readonly profiles: ProfileStore
  readonly output: Output
  readonly options: GlobalOptions
  private readonly expiry = new ExpiryNotice()
  private loaded: Promise<Viewer> | null = null

  constructor(connection: Connection, profiles: ProfileStore, options: GlobalOptions) {
    this.connection = connection
    this.profiles = profiles
    this.options = options
    this.output = new Output(options)
    this.client = createKeyturnClient({
      url: `${connection.server}/graphql`,
      credential: connection.credential,
      fetch: this.expiry.fetch,
    })
  }

  /** The caller that the credential authenticates. */
  viewer(): Promise<Viewer> {
    this.loaded ??= this.client.execute(SessionDocument, {}).then(({ viewer }) => viewer)
    return this.loaded
  }

  /** The requested organization, or else that of the key. Throws CommandError (1). */
  async organization(): Promise<OrganizationName> {
    return findOrganization(this.client, await this.viewer(), this.options.organization)
  }

  /** Stores the new secret of the key that the user is logged in with. */
  keepSecret(secret: string): void {
    const { profile, server } = this.connection
    const stored = this.profiles.read()
    if (profile === null) return
    this.profiles.write({ ...stored, profiles: { ...stored.profiles, [profile]: { server, secret } } })
    this.expiry.silence()
    this.output.note(`The profile ${profile} has the new secret.`)
  }

  /** Warns once if the key expires soon; at the end of each command, unless it has been done before. */
  warnOfExpiry(): void {
    this.expiry.report((text) => this.output.note(text))
  }

  async close(): Promise<void> {
    this.warnOfExpiry()
    await this.client.dispose()
  }
}

/** Opens a session from the environment and the user's profiles. Throws CommandError (2, 3, 78). */
const openSession = (options: GlobalOptions): Session => {
  const environment = readEnvironment()
  const profiles = new ProfileStore(environment.configHome)
  const needsFile = environment.server === null || environment.credential === null
  const stored = needsFile ? profiles.read() : { current: null, profiles: {} }
  const connection = chooseConnection(environment, stored, options.profile)
  const session = new Session(connection, profiles, options)
  if (connection.remark !== null) session.output.note(connection.remark)
  return session
}

/** Runs a command with a session, and closes it. */
export const withSession = async (options: GlobalOptions, work: (session: Session) => Promise<void>): Promise<void> => {
  const session = openSession(options)
  try {
    await work(session)
  } finally {
    await session.close()
  }
}
