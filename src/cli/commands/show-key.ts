import {
  KeyDetailsDocument,
  type KeyDetailsQuery,
  KeyOriginsDocument,
  ViewerGrantsDocument,
} from '../../generated/graphql.ts'
import { formatScope, holds } from '../../kernel/grants.ts'
import { failed } from '../command-error.ts'
import type { GlobalOptions } from '../options.ts'
import { type Session, withSession } from '../session/session.ts'
import { lastUsedOf } from './key-view.ts'

export type KeyDetails = NonNullable<KeyDetailsQuery['key']>

/** A key that must be there. Throws CommandError (1). */
export const requireKey = async (session: Session, id: string): Promise<KeyDetails> => {
  const { key } = await session.client.execute(KeyDetailsDocument, { id })
  if (key === null) throw failed(`There is no key ${id}, or you may not see it.`)
  return key
}

/** Requests restricted fields of a key only if the caller may read them. */
const readOrigins = async (session: Session, key: KeyDetails) => {
  const { viewer } = await session.client.execute(ViewerGrantsDocument, { organizationId: key.organization.id })
  const owns = 'owner' in key && key.owner.id === (await session.viewer()).user?.id
  const may = (role: 'OPERATOR' | 'MANAGER') => owns || holds(viewer.grants, 'keys', role)
  const variables = { id: key.id, usage: may('OPERATOR'), addresses: may('MANAGER') }
  return (await session.client.execute(KeyOriginsDocument, variables)).key ?? {}
}

const anywhereIfEmpty = (ranges: readonly string[] | null | undefined): string | null => {
  if (ranges == null) return null
  return ranges.length === 0 ? 'anywhere' : ranges.join(', ')
}

/** Shows all that the caller may know of a key. */
export const showKey = (options: GlobalOptions, id: string): Promise<void> =>
  withSession(options, async (session) => {
    const { output } = session
    const key = await requireKey(session, id)
    const origins = await readOrigins(session, key)
    const { createdBy, lastUsedFrom, allowedIps } = origins
    await output.facts({ ...key, ...origins }, [
      ['ID', key.id],
      ['Name', key.name],
      ['Description', key.description],
      ['Status', key.status.toLowerCase()],
      ['Organization', `${key.organization.name} (${key.organization.id})`],
      ['Project', key.project && `${key.project.name} (${key.project.id})`],
      ['Owner', 'owner' in key ? key.owner.name : null],
      ['Grants', formatScope(key.grants) || 'none'],
      ['Created', `${output.instant(key.createdAt)}${createdBy?.name == null ? '' : ` by ${createdBy.name}`}`],
      ['Expires', output.instant(key.expiresAt, 'never')],
      ['Last used', output.instant(lastUsedOf(key), 'never')],
      ['Used from', lastUsedFrom == null || lastUsedFrom.length === 0 ? null : lastUsedFrom.join(', ')],
      ['Allowed from', anywhereIfEmpty(allowedIps)],
      ['Revoked', key.revokedAt && `${output.instant(key.revokedAt)}, ${key.revocationReason?.toLowerCase() ?? ''}`],
      ...key.secrets.map(({ hint, state, validUntil }): [string, string] => [
        'Secret',
        `${hint} ${state.toLowerCase()}${validUntil === null ? '' : ` until ${output.instant(validUntil)}`}`,
      ]),
    ])
  })
