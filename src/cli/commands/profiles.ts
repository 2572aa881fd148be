import { notLoggedIn } from '../command-error.ts'
import { readEnvironment } from '../environment.ts'
import type { GlobalOptions } from '../options.ts'
import { profileName } from '../session/connection.ts'
import { ProfileStore } from '../session/profiles.ts'
import { Output } from '../terminal/output.ts'

const openStore = () => new ProfileStore(readEnvironment().configHome)

/** Lists the stored profiles, without their secrets. */
export const listProfiles = async (options: GlobalOptions): Promise<void> => {
  const { current, profiles } = openStore().read()
  const rows = Object.entries(profiles).map(([name, { server }]) => ({ name, server, current: name === current }))
  await new Output(options).list(
    rows,
    [
      { title: '', text: (row) => (row.current ? '*' : '') },
      { title: 'PROFILE', text: ({ name }) => name },
      { title: 'SERVER', text: ({ server }) => server },
    ],
    'No profiles: run keyturn login --server URL.',
  )
}

/** Makes a stored profile the current one. */
export const useProfile = async (options: GlobalOptions, name: string): Promise<void> => {
  const store = openStore()
  const stored = store.read()
  const profile = stored.profiles[profileName(name)]
  if (profile === undefined) throw notLoggedIn(`There is no profile ${name}: run keyturn login --profile ${name}.`)
  store.write({ ...stored, current: name })
  const output = new Output(options)
  if (output.json) return output.value({ name, server: profile.server, current: true })
  await output.say(`The current profile is ${name} (${profile.server}).`)
}

/** Forgets a profile and its secret. The key stays as it is. */
export const logout = async (options: GlobalOptions): Promise<void> => {
  const store = openStore()
  const { current, profiles } = store.read()
  const name = options.profile === undefined ? current : profileName(options.profile)
  const profile = name === null ? undefined : profiles[name]
  if (name === null || profile === undefined) throw notLoggedIn('You are not logged in.')
  const { [name]: _, ...rest } = profiles
  const [next = null] = Object.keys(rest)
  store.write({ current: current === name ? next : current, profiles: rest })
  const output = new Output(options)
  if (output.json) return output.value({ name, server: profile.server })
  await output.say(`Logged out of ${profile.server}; its key stays valid.`)
  if (current === name && next !== null) output.note(`The current profile is now ${next}.`)
}
