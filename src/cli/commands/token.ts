import { z } from 'zod'
import { ExchangeKeyDocument } from '../../generated/graphql.ts'
import { formatScope, type Grant } from '../../kernel/grants.ts'
import type { GlobalOptions } from '../options.ts'
import { fetchDocument } from '../session/fetch-document.ts'
import { type Session, withSession } from '../session/session.ts'

interface TokenOptions extends GlobalOptions {
  readonly scope?: readonly Grant[]
  readonly audience?: string
}

const METADATA_PATH = '/.well-known/oauth-authorization-server'
const Metadata = z.object({ issuer: z.string() })

/** The audience of Keyturn's own API: the server's public URL, which may differ from the address that we use. */
const ownAudience = async ({ connection }: Session): Promise<string> =>
  (await fetchDocument(connection.server, METADATA_PATH, Metadata)).issuer

/** Exchanges the key for an access token and prints it. */
export const token = (options: TokenOptions): Promise<void> =>
  withSession(options, async (session) => {
    const { scope, audience } = options
    const { exchangeKey } = await session.client.execute(ExchangeKeyDocument, {
      input: {
        secret: session.connection.credential,
        audience: audience ?? (await ownAudience(session)),
        ...(scope === undefined ? {} : { scope: formatScope(scope) }),
        ...(options.organization === undefined ? {} : { organizationId: (await session.organization()).id }),
      },
    })
    const { output } = session
    await (output.json ? output.value(exchangeKey) : output.line(exchangeKey.accessToken))
  })
