import { KeyturnClientError } from '../../client/client.ts'
import { looksLikeSecret } from '../../kernel/secret-text.ts'
import { failed, wrongUsage } from '../command-error.ts'
import { readEnvironment } from '../environment.ts'
import type { GlobalOptions } from '../options.ts'
import { profileName, serverUrl } from '../session/connection.ts'
import { DEFAULT_PROFILE, ProfileStore, type Profiles } from '../session/profiles.ts'
import { Session } from '../session/session.ts'
import { askSecret, readSecret } from '../terminal/prompt.ts'
import { describeViewer } from './whoami.ts'

interface LoginOptions extends GlobalOptions {
  readonly server?: string
  readonly key?: string
}

const LOOPBACK = /^http:\/\/(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])(?::\d+)?(?:\/|$)/

/** The secret from standard input or a hidden question: never from the command line, which other users can read. */
const obtainSecret = async (key: string | undefined): Promise<string> => {
  if (key !== undefined && key !== '-')
    throw wrongUsage('Other users can read the command line: pass --key - and the secret on standard input.')
  if (key === undefined && !process.stdin.isTTY)
    throw wrongUsage('Pass --key - and the secret on standard input, or run it in a terminal.')
  const secret = key === '-' ? await readSecret() : await askSecret('Secret of the key: ')
  if (!looksLikeSecret(secret))
    throw failed(
      'That is not the secret of a key: it looks like kt_pk_... or kt_ak_..., and is shown when a key is created.',
    )
  return secret
}

/** The profile to use without a name: the current one if it belongs to the server, or else the default one. */
const chooseProfile = (options: LoginOptions, stored: Profiles): string => {
  if (options.profile !== undefined) return profileName(options.profile)
  const { current } = stored
  const isSame =
    current !== null && (options.server === undefined || stored.profiles[current]?.server === serverUrl(options.server))
  return isSame ? current : DEFAULT_PROFILE
}

/** Proves a secret to the server, stores both, and makes that profile the current one. */
export const login = async (options: LoginOptions): Promise<void> => {
  const environment = readEnvironment()
  const profiles = new ProfileStore(environment.configHome)
  const stored = profiles.read()
  const profile = chooseProfile(options, stored)
  const address = options.server ?? environment.server ?? stored.profiles[profile]?.server
  if (address === undefined) throw wrongUsage('Pass the address of the server: --server https://keys.example.com.')
  const server = serverUrl(address)
  if (server.startsWith('http:') && !LOOPBACK.test(server))
    process.stderr.write(`${server} is not encrypted: the secret can be read on the network.\n`)
  const secret = await obtainSecret(options.key)
  const session = new Session({ server, credential: secret, profile, remark: null }, profiles, options)
  try {
    const viewer = await session.viewer()
    profiles.write({ current: profile, profiles: { ...stored.profiles, [profile]: { server, secret } } })
    await describeViewer(session, viewer)
    if (environment.credential !== null)
      session.output.note('KEYTURN_KEY is set in the environment and goes before what you have just stored.')
  } catch (error) {
    // "Not logged in, log in" would not help here.
    if (error instanceof KeyturnClientError && error.code === 'UNAUTHENTICATED') throw failed(error.message)
    throw error
  } finally {
    await session.close()
  }
}
