import { mapInSlices } from '../kernel/in-slices.ts'
import { hashSecret, parseSecret } from '../kernel/secret-text.ts'
import { type FoundSecret, findSecretsByHashes } from '../keys/key-secrets.store.ts'
import { findOrganizationsOfKeys } from '../keys/keys.store.ts'
import { INVITATION_TOKEN_SHAPE } from '../memberships/invitation-token.ts'
import type { InvitationRow } from '../memberships/member.entity.ts'
import { findInvitationsByHashes } from '../memberships/members.store.ts'
import type { Reader } from '../persistence/database.ts'
import type { SessionRow } from '../sessions/session.entity.ts'
import { isToken } from '../sessions/session-text.ts'
import { findSessionsByHashes } from '../sessions/sessions.store.ts'
import type { AccessTokenClaims } from '../tokens/access-token.ts'
import { type EndingToken, endingTokenOf } from '../tokens/revoke-tokens.ts'
import type { Find } from './find.ts'

/** A credential of this service, and a find that is it. */
export type FoundCredential =
  | { readonly kind: 'secret'; readonly secret: FoundSecret; readonly find: Find }
  | { readonly kind: 'invitation'; readonly invitation: InvitationRow; readonly find: Find }
  | { readonly kind: 'session'; readonly session: SessionRow; readonly find: Find }
  /** `organizationId`: that of its key. */
  | { readonly kind: 'token'; readonly token: EndingToken; readonly organizationId: string; readonly find: Find }

/** What a text can be by its form, of what is stored; null of any other text, which is not looked up. */
const kindOf = (prefix: string, text: string): FoundCredential['kind'] | null => {
  if (parseSecret(prefix, text) !== null) return 'secret'
  if (INVITATION_TOKEN_SHAPE.test(text)) return 'invitation'
  return isToken(text) ? 'session' : null
}

/**
 * The credential of each find; null where there is none. Each kind is looked up by one query, however many finds there are.
 * All that are stored are stored as SHA-256 in hex.
 *
 * @param tokens the claims of the access tokens among them, by their texts
 */
export const findCredentials = async (
  reader: Reader,
  prefix: string,
  finds: readonly Find[],
  tokens: ReadonlyMap<string, AccessTokenClaims>,
): Promise<(FoundCredential | null)[]> => {
  const hashed = await mapInSlices(finds, ({ text }) => {
    const kind = kindOf(prefix, text)
    return kind === null ? null : { kind, hash: hashSecret(text) }
  })
  const hashesOf = (kind: FoundCredential['kind']): string[] => [
    ...new Set(hashed.flatMap((one) => (one?.kind === kind ? [one.hash] : []))),
  ]
  const secrets = new Map((await findSecretsByHashes(reader, hashesOf('secret'))).map((row) => [row.hash, row]))
  const invitations = await findInvitationsByHashes(reader, hashesOf('invitation'))
  const invitationOf = new Map(invitations.map((row) => [row.tokenHash, row]))
  const sessions = await findSessionsByHashes(reader, hashesOf('session'))
  const sessionOf = new Map(sessions.map((row) => [row.tokenHash, row]))
  const keyIds = [...new Set([...tokens.values()].map(({ client_id: keyId }) => keyId))]
  const organizations = await findOrganizationsOfKeys(reader, keyIds)
  return finds.map((find, index) => {
    const hash = hashed[index]?.hash ?? ''
    const [secret, invitation, session] = [secrets.get(hash), invitationOf.get(hash), sessionOf.get(hash)]
    if (secret !== undefined) return { kind: 'secret', secret, find }
    if (invitation !== undefined) return { kind: 'invitation', invitation, find }
    if (session !== undefined) return { kind: 'session', session, find }
    const claims = tokens.get(find.text)
    const organizationId = organizations.get(claims?.client_id ?? '')
    if (claims === undefined || organizationId === undefined) return null
    return { kind: 'token', token: endingTokenOf(claims), organizationId, find }
  })
}
