import { BackupError } from '../../backup/backup-format.ts'
import { type Config, readConfig } from '../../config.ts'
import { KeyturnError, Unavailable } from '../../kernel/errors.ts'
import { signInLink } from '../../sessions/sign-in-codes.ts'
import { exitOnStartupError } from '../../startup-faults.ts'
import { CommandError, failed } from '../command-error.ts'
import {
  backUp,
  createOwnerKey,
  migrationStates,
  restore as restoreDatabase,
  revertMigration,
  rotateSigningKey as rotate,
  runMigrations,
} from '../operator.ts'
import type { GlobalOptions } from '../options.ts'
import { Output } from '../terminal/output.ts'
import { confirm } from '../terminal/prompt.ts'

/** Runs an operator command. A fault in the configuration or the database ends the process with every fault named. */
const withConfig = async (work: (config: Config) => Promise<void>): Promise<void> => {
  try {
    await work(readConfig())
  } catch (error) {
    if (error instanceof CommandError) throw error
    if (error instanceof BackupError || (error instanceof KeyturnError && !(error instanceof Unavailable)))
      throw failed(error.message)
    exitOnStartupError(error)
  }
}

/** Runs the pending migrations, lists them, or reverts the newest. */
export const migrate = (
  options: GlobalOptions & { readonly status?: boolean; readonly revert?: boolean },
): Promise<void> =>
  withConfig(async (config) => {
    const output = new Output(options)
    const print = async (value: unknown, lines: readonly string[]) => {
      if (output.json) return output.value(value)
      for (const line of lines) await output.say(line)
    }
    if (options.status === true) {
      const states = await migrationStates(config)
      return print(
        states,
        states.map(({ name, run }) => `${run ? 'run    ' : 'pending'}  ${name}`),
      )
    }
    if (options.revert === true) {
      await confirm('Revert the newest migration? What only it can store is lost.', options)
      const reverted = await revertMigration(config)
      return print({ reverted }, [reverted === null ? 'No migration to revert.' : `Reverted: ${reverted}`])
    }
    const run = await runMigrations(config)
    await print({ run }, run.length === 0 ? ['No pending migrations.'] : run.map((name) => `Run: ${name}`))
  })

/** Issues a new key to the owner of the server. Its secret is printed once. */
export const ownerKey = (options: GlobalOptions & { readonly force?: boolean }): Promise<void> =>
  withConfig(async (config) => {
    const { signInCode, ...issued } = await createOwnerKey(config, options.force === true)
    const link = signInCode === null ? null : signInLink(config.publicUrl, signInCode)
    const output = new Output(options)
    await (output.json ? output.value({ ...issued, signInLink: link }) : output.say(issued.secret))
    output.note('This is a new personal access key of the owner, shown once and never again.')
    if (link !== null) output.note(`It opens the console, signed in, once within ten minutes: ${link}`)
  })

/** Signs access tokens with a new key from now on. */
export const rotateSigningKey = (options: GlobalOptions): Promise<void> =>
  withConfig(async (config) => {
    const keyId = await rotate(config)
    const output = new Output(options)
    await (output.json ? output.value({ keyId }) : output.say(`The signing key is now ${keyId}.`))
  })

/** Writes a verified snapshot of the database into a new file. */
export const backup = (options: GlobalOptions, file: string): Promise<void> =>
  withConfig(async (config) => {
    const made = await backUp(config, file)
    const output = new Output(options)
    if (output.json) return output.value({ file, ...made })
    await output.say(`Backed up ${made.rows} rows into ${file}; ${made.verifiedLogs} audit logs are intact in it.`)
    output.note('The backup does not contain the master key: store it elsewhere.')
  })

/** Restores a backup into the configured database. */
export const restore = (options: GlobalOptions, file: string): Promise<void> =>
  withConfig(async (config) => {
    const restored = await restoreDatabase(config, file)
    const output = new Output(options)
    if (output.json) return output.value({ file, ...restored })
    await output.say(`Restored ${restored.rows} rows; ${restored.verifiedLogs} audit logs are intact.`)
    output.note('Start the server with the master key of the backed up one.')
  })
