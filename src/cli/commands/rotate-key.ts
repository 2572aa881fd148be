import {
  CancelRotationDocument,
  CompleteRotationDocument,
  RotateKeyDocument,
  type RotateKeyMutation,
} from '../../generated/graphql.ts'
import { formatDuration } from '../../kernel/duration.ts'
import { failed } from '../command-error.ts'
import type { Expiry, GlobalOptions } from '../options.ts'
import { type Session, withSession } from '../session/session.ts'
import { confirm } from '../terminal/prompt.ts'
import { showSecret } from './created-key.ts'
import { runCommand } from './run-command.ts'

interface RotateOptions extends GlobalOptions {
  /** Seconds. */
  readonly overlap?: number
  readonly overlapFromFirstUse?: boolean
  readonly expires?: Exclude<Expiry, { neverExpires: true }>
  readonly exec?: string
}

type Rotation = RotateKeyMutation['rotateKey']

/**
 * Gives a key a new secret, and shows it or hands it to a command. A rotation whose command failed is cancelled. With
 * `--overlap 0` and a command, the old secret is retired after the command succeeded: until then it is still needed.
 */
export const rotateKey = (options: RotateOptions, id: string): Promise<void> =>
  withSession(options, async (session) => {
    const { exec, overlap, overlapFromFirstUse, expires } = options
    if (overlap === 0 && exec === undefined) await confirm(`Rotate ${id} and retire its old secret at once?`, options)
    // Before the rotation, which may retire the secret that this command uses.
    const isOwn = session.connection.profile !== null && (await session.viewer()).key?.id === id
    const keepsOld = overlap === 0 && exec !== undefined
    const { rotateKey: rotation } = await session.client.execute(RotateKeyDocument, {
      input: {
        id,
        ...expires,
        ...(overlap === undefined || keepsOld ? {} : { overlap: formatDuration(overlap) }),
        ...(overlapFromFirstUse === undefined ? {} : { overlapFromFirstUse }),
      },
    })
    if (exec === undefined) {
      // Kept before it is shown: standard output may be closed.
      if (isOwn) session.keepSecret(rotation.secret)
      return showRotation(session, rotation)
    }
    const fault = await runCommand(exec, rotation.secret, rotation.secret)
    if (fault !== null) throw failed(await cancel(session, id, fault))
    if (keepsOld && keepsBoth(rotation)) await session.client.execute(CompleteRotationDocument, { id })
    if (isOwn) session.keepSecret(rotation.secret)
    const { secret: _, ...shown } = rotation
    if (session.output.json) return session.output.value(shown)
    session.output.note(`Rotated ${rotation.key.name} (${id}); the command has the new secret.`)
  })

/** Whether the old secret works beside the new one. */
const keepsBoth = ({ key }: Rotation): boolean => key.secrets.some(({ state }) => state === 'RETIRING')

const showRotation = async ({ output }: Session, rotation: Rotation): Promise<void> => {
  if (output.json) return output.value(rotation)
  const { secret, key, previousSecretValidUntil } = rotation
  await showSecret(output, secret, key, 'Rotated')
  output.note(
    keepsBoth(rotation)
      ? `The old secret stops working ${output.instant(previousSecretValidUntil)}.`
      : 'The old secret has stopped working.',
  )
}

const cancel = async (session: Session, id: string, fault: string): Promise<string> => {
  const failure = `The command failed: ${fault}.`
  try {
    await session.client.execute(CancelRotationDocument, { id })
    return `${failure} The rotation was cancelled: the old secret stays valid.`
  } catch (error) {
    return `${failure} The rotation of ${id} could not be cancelled (${(error as Error).message}): rotate the key again.`
  }
}
