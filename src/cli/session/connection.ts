import { notLoggedIn, wrongUsage } from '../command-error.ts'
import type { CliEnvironment } from '../environment.ts'
import { PROFILE_NAME, type Profiles } from './profiles.ts'

/** Which server to talk to, and with which credential. */
export interface Connection {
  readonly server: string
  readonly credential: string
  /** Name of the profile that the credential is from; null if it is from the environment. */
  readonly profile: string | null
  /** A note for the user about the choice; null if there is none. */
  readonly remark: string | null
}

/** The base URL of a server, without a slash at its end. Throws CommandError (2). */
export const serverUrl = (text: string): string => {
  const url = URL.canParse(text) ? new URL(text) : null
  if (url === null || !['http:', 'https:'].includes(url.protocol) || url.search !== '' || url.hash !== '')
    throw wrongUsage(`${text} is not the address of a server: write it as https://keys.example.com.`)
  if (url.username !== '' || url.password !== '')
    throw wrongUsage('Write the address of the server without a password.')
  return url.href.replace(/\/+$/, '')
}

export const profileName = (text: string): string => {
  if (!PROFILE_NAME.test(text))
    throw wrongUsage('A profile has a name of letters, digits, dots, hyphens and underscores.')
  return text
}

/**
 * Chooses the connection. KEYTURN_SERVER and KEYTURN_KEY override the profile. A stored secret is sent only to its own
 * server. Throws CommandError (3) if the user is not logged in.
 */
export const chooseConnection = (
  environment: CliEnvironment,
  stored: Profiles,
  requested: string | undefined,
): Connection => {
  const name = requested === undefined ? stored.current : profileName(requested)
  const profile = name === null ? undefined : stored.profiles[name]
  const { credential } = environment
  if (credential !== null) {
    const server = environment.server ?? profile?.server
    if (server === undefined)
      throw notLoggedIn('KEYTURN_KEY is set: also set KEYTURN_SERVER to the address of its server.')
    const remark = requested === undefined ? null : `KEYTURN_KEY is set and goes before the profile ${requested}.`
    return { server: serverUrl(server), credential, profile: null, remark }
  }
  if (environment.server !== null) {
    const server = serverUrl(environment.server)
    const [matching] = Object.entries(stored.profiles).filter(
      ([each, { server: own }]) => own === server && (requested === undefined || each === requested),
    )
    if (matching === undefined)
      throw notLoggedIn(`You are not logged in at KEYTURN_SERVER (${server}): set KEYTURN_KEY, or run keyturn login.`)
    return { server, credential: matching[1].secret, profile: matching[0], remark: null }
  }
  if (profile === undefined || name === null) {
    const [option, other] =
      requested === undefined ? ['', ''] : [` --profile ${requested}`, ` with the profile ${requested}`]
    throw notLoggedIn(`You are not logged in${other}: run keyturn login${option} --server URL.`)
  }
  return { server: profile.server, credential: profile.secret, profile: name, remark: null }
}
