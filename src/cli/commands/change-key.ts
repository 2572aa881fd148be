import {
  CancelRotationDocument,
  CompleteRotationDocument,
  type KeyFieldsFragment,
  ResumeKeyDocument,
  SuspendKeyDocument,
} from '../../generated/graphql.ts'
import type { GlobalOptions } from '../options.ts'
import { withSession } from '../session/session.ts'
import type { Output } from '../terminal/output.ts'
import { confirm } from '../terminal/prompt.ts'

const report = (output: Output, key: KeyFieldsFragment, done: string): Promise<void> =>
  output.json ? output.value(key) : output.say(`${done} ${key.name} (${key.id}).`)

/** Stops a key until it is resumed. */
export const suspendKey = (options: GlobalOptions, id: string): Promise<void> =>
  withSession(options, async ({ client, output }) => {
    const { suspendKey: suspended } = await client.execute(SuspendKeyDocument, { id })
    await report(output, suspended.key, 'Suspended')
  })

/** Resumes a suspended key. */
export const resumeKey = (options: GlobalOptions, id: string): Promise<void> =>
  withSession(options, async ({ client, output }) => {
    const { resumeKey: resumed } = await client.execute(ResumeKeyDocument, { id })
    await report(output, resumed.key, 'Resumed')
  })

/** Retires the old secret of a rotation before its overlap ends. */
export const completeRotation = (options: GlobalOptions, id: string): Promise<void> =>
  withSession(options, async ({ client, output }) => {
    await confirm(`Retire the old secret of ${id} now?`, options)
    const { completeRotation: completed } = await client.execute(CompleteRotationDocument, { id })
    await report(output, completed.key, 'Retired the old secret of')
  })

/** Goes back to the old secret of a rotation, and drops the new one. */
export const cancelRotation = (options: GlobalOptions, id: string): Promise<void> =>
  withSession(options, async ({ client, output }) => {
    await confirm(`Drop the new secret of ${id}?`, options)
    const { cancelRotation: cancelled } = await client.execute(CancelRotationDocument, { id })
    await report(output, cancelled.key, 'Dropped the new secret of')
  })
