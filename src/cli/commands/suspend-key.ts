import { type KeyFieldsFragment, ResumeKeyDocument, SuspendKeyDocument } from '../../generated/graphql.ts'
import type { GlobalOptions } from '../options.ts'
import { withSession } from '../session/session.ts'
import type { Output } from '../terminal/output.ts'

const report = (output: Output, key: KeyFieldsFragment, done: string): Promise<void> =>
  output.json ? output.value(key) : output.say(`${done} ${key.name} (${key.id}).`)

/** Stops a key until it is resumed. */
export const suspendKey = (options: GlobalOptions, id: string): Promise<void> =>
  withSession(options, async ({ client, output }) => {
    const { suspendKey: suspended } = await client.execute(SuspendKeyDocument, { id })
    await report(output, suspended.key, 'Suspended')
  })

/** Lets a suspended key go on. */
export const resumeKey = (options: GlobalOptions, id: string): Promise<void> =>
  withSession(options, async ({ client, output }) => {
    const { resumeKey: resumed } = await client.execute(ResumeKeyDocument, { id })
    await report(output, resumed.key, 'Resumed')
  })
