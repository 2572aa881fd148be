import { homedir } from 'node:os'
import { join } from 'node:path'

/** What the client commands take from the environment. */
export interface CliEnvironment {
  readonly server: string | null
  readonly credential: string | null
  readonly keyPrefix: string | null
  /** https://no-color.org: set to anything but the empty string. */
  readonly noColor: boolean
  /** The directory for the configuration of the user's programs. Keyturn has a directory of its own below it. */
  readonly configHome: string
}

/** XDG Base Directory on Linux, and what macOS and Windows have in its place. `XDG_CONFIG_HOME` goes before both. */
const configHomeOf = (env: NodeJS.ProcessEnv, platform: NodeJS.Platform): string => {
  // The XDG specification says that a relative path is invalid and must be ignored.
  if (env.XDG_CONFIG_HOME?.startsWith('/')) return env.XDG_CONFIG_HOME
  if (platform === 'darwin') return join(homedir(), 'Library', 'Application Support')
  if (platform === 'win32') return env.APPDATA || join(homedir(), 'AppData', 'Roaming')
  return join(homedir(), '.config')
}

/** Reads the environment. An empty variable counts as not set. */
export const readEnvironment = (env = process.env, platform = process.platform): CliEnvironment => ({
  server: env.KEYTURN_SERVER || null,
  // A secret that was read from a file often has a line feed at its end.
  credential: env.KEYTURN_KEY?.trim() || null,
  keyPrefix: env.KEYTURN_KEY_PREFIX || null,
  noColor: (env.NO_COLOR ?? '') !== '',
  configHome: configHomeOf(env, platform),
})
