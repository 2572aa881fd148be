import { randomBytes } from 'node:crypto'
import {
  chmodSync,
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { CommandError, EXIT } from '../command-error.ts'
import { harmless } from '../terminal/harmless.ts'

export const DEFAULT_PROFILE = 'default'
export const PROFILE_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,49}$/

const Profile = z.strictObject({ server: z.url(), secret: z.string().min(1) })
const Profiles = z.strictObject({
  /** The profile of commands that name none. */
  current: z.string().nullable(),
  profiles: z.record(z.string().regex(PROFILE_NAME), Profile),
})

/** A server, and the secret of the key that the user is logged in with. */
export type Profile = z.infer<typeof Profile>
export type Profiles = z.infer<typeof Profiles>

const NONE: Profiles = { current: null, profiles: {} }
const PRIVATE_FILE = 0o600
const PRIVATE_DIRECTORY = 0o700
const OTHERS = 0o077

const badConfiguration = (message: string) => new CommandError(EXIT.badConfiguration, message)

/** The user's profiles, in a file that only the user can read. */
export class ProfileStore {
  private readonly directory: string
  readonly file: string

  constructor(configHome: string) {
    this.directory = join(configHome, 'keyturn')
    this.file = join(this.directory, 'config.json')
  }

  /** Throws CommandError (78) for an invalid file. Warns if others can read it. */
  read(): Profiles {
    let text: string
    try {
      text = readFileSync(this.file, 'utf8')
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return NONE
      throw badConfiguration(`${this.file} cannot be read: ${(error as Error).message}`)
    }
    if (process.platform !== 'win32' && (statSync(this.file).mode & OTHERS) !== 0)
      process.stderr.write(`Other users can read ${harmless(this.file)}, which holds a secret: run chmod 600 on it.\n`)
    const profiles = Profiles.safeParse(parseJson(text))
    if (!profiles.success) throw badConfiguration(`${this.file} is damaged: correct it, or delete it and log in again.`)
    return profiles.data
  }

  /** Replaces the file atomically: a concurrent reader gets the old one or the new one. */
  write(profiles: Profiles): void {
    mkdirSync(this.directory, { recursive: true, mode: PRIVATE_DIRECTORY })
    // `mkdir` does not change the mode of an existing directory.
    chmodSync(this.directory, PRIVATE_DIRECTORY)
    const unfinished = `${this.file}.${randomBytes(6).toString('hex')}`
    const file = openSync(unfinished, 'wx', PRIVATE_FILE)
    try {
      writeSync(file, `${JSON.stringify(profiles, null, 2)}\n`)
      fsyncSync(file)
      closeSync(file)
      renameSync(unfinished, this.file)
    } catch (error) {
      rmSync(unfinished, { force: true })
      throw error
    }
  }
}

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
