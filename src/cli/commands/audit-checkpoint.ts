import { KeySet } from '../../audit-chain/checkpoint-file.ts'
import { AuditCheckpointDocument } from '../../generated/graphql.ts'
import { failed } from '../command-error.ts'
import type { GlobalOptions } from '../options.ts'
import { fetchDocument } from '../session/fetch-document.ts'
import { withSession } from '../session/session.ts'

const KEYS_PATH = '/.well-known/keyturn/checkpoint-keys'

/** Prints a signed head of the audit log with the public keys that verify it. It is always JSON, to be stored in a file. */
export const checkpoint = (options: GlobalOptions): Promise<void> =>
  withSession(options, async (session) => {
    const { id: organizationId } = await session.organization()
    const { organization } = await session.client.execute(AuditCheckpointDocument, { organizationId })
    if (organization?.auditCheckpoint == null) throw failed('The server signed no checkpoint.')
    const { sequence, hash, signedAt, signature } = organization.auditCheckpoint
    const keys = await fetchDocument(session.connection.server, KEYS_PATH, KeySet)
    const base = organization.auditRetention?.base ?? null
    await session.output.value({ sequence, hash, signedAt, signature, base, keys })
  })
