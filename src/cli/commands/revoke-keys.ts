import {
  ApiKeysDocument,
  type RevocationReason,
  RevokeKeyDocument,
  RevokeKeysDocument,
} from '../../generated/graphql.ts'
import { failed, wrongUsage } from '../command-error.ts'
import type { GlobalOptions } from '../options.ts'
import { type Session, withSession } from '../session/session.ts'
import { Progress } from '../terminal/progress.ts'
import { confirm } from '../terminal/prompt.ts'
import { choosesKeys, type KeyFilterOptions, keyFilter } from './key-filter.ts'
import { type KeyDetails, requireKey } from './show-key.ts'

interface RevokeOptions extends GlobalOptions, KeyFilterOptions {
  readonly reason?: RevocationReason
  readonly note?: string
  readonly descendants?: boolean
}

interface Refusal {
  readonly id: string
  readonly message: string
}

interface RevocationReport {
  readonly revokedCount: number
  readonly revokedKeyIds?: readonly string[]
  readonly refused?: readonly Refusal[]
}

/** Largest number of names in a confirmation question. */
const MOST_NAMED = 10

const named = (keys: readonly { readonly name: string; readonly id: string }[], count: number): string => {
  const names = keys.slice(0, MOST_NAMED).map(({ name, id }) => `${name} (${id})`)
  return count > names.length ? `${names.join(', ')} and ${count - names.length} more` : names.join(', ')
}

const keysWord = (count: number): string => `${count} ${count === 1 ? 'key' : 'keys'}`

/** Revokes the keys with the ids, or all that a filter finds. */
export const revokeKeys = (options: RevokeOptions, ids: readonly string[]): Promise<void> => {
  if (ids.length > 0 && choosesKeys(options)) throw wrongUsage('Pass ids of keys or a filter, not both.')
  if (ids.length === 0 && !choosesKeys(options))
    throw wrongUsage('Pass the id of a key, or a filter such as --unused 90d.')
  if (ids.length === 0 && (options.descendants ?? options.note) !== undefined)
    throw wrongUsage('--descendants and --note go with ids of keys.')
  return withSession(options, (session) =>
    ids.length > 0 ? revokeEach(session, options, [...new Set(ids)]) : revokeFiltered(session, options),
  )
}

/** Finds all keys before it revokes the first, so that a mistyped id changes nothing. */
const revokeEach = async (session: Session, options: RevokeOptions, ids: readonly string[]): Promise<void> => {
  const keys: KeyDetails[] = []
  for (const id of ids) keys.push(await requireKey(session, id))
  const also = options.descendants === true ? ', with every key that was created with it,' : ''
  await confirm(`Revoke ${named(keys, keys.length)}${also} permanently?`, options)
  const { reason, note, descendants } = options
  const revokedKeyIds: string[] = []
  const refused: Refusal[] = []
  const progress = new Progress('Revoked', keys.length)
  for (const [index, { id }] of keys.entries()) {
    const input = {
      id,
      ...(reason === undefined ? {} : { reason }),
      ...(note === undefined ? {} : { note }),
      ...(descendants === undefined ? {} : { descendants }),
    }
    try {
      const { revokeKey } = await session.client.execute(RevokeKeyDocument, { input })
      revokedKeyIds.push(...revokeKey.revokedKeyIds)
    } catch (error) {
      // With a single key its refusal is that of the command.
      if (keys.length === 1) throw error
      refused.push({ id, message: (error as Error).message })
    }
    progress.update(index + 1)
  }
  progress.end()
  await report(session, {
    revokedCount: revokedKeyIds.length,
    revokedKeyIds,
    ...(refused.length > 0 ? { refused } : {}),
  })
  for (const { id, message } of refused) session.output.note(`${id}: ${message}`)
  if (refused.length > 0) throw failed(`${refused.length} of ${keysWord(keys.length)} were not revoked.`)
}

/** Revokes the keys of a filter in one transaction, or none if their number is not the confirmed one. */
const revokeFiltered = async (session: Session, options: RevokeOptions): Promise<void> => {
  const { id: organizationId, name } = await session.organization()
  const status = options.status ?? (['ACTIVE', 'SUSPENDED', 'EXPIRED'] as const)
  const filter = await keyFilter(
    session,
    organizationId,
    options.expiring === undefined ? { ...options, status } : options,
  )
  const variables = { organizationId, filter, first: MOST_NAMED }
  const { organization } = await session.client.execute(ApiKeysDocument, variables)
  const count = organization?.apiKeys?.totalCount ?? 0
  if (count > 0) {
    const keys = organization?.apiKeys?.edges.map(({ node }) => node) ?? []
    await confirm(`Permanently revoke ${keysWord(count)} of ${name}: ${named(keys, count)}?`, options)
  }
  const { reason } = options
  const input = {
    organizationId,
    kind: 'API_KEY',
    filter,
    expectedCount: count,
    ...(reason === undefined ? {} : { reason }),
  } as const
  const { revokeKeys: revoked } = await session.client.execute(RevokeKeysDocument, { input })
  await report(session, revoked)
}

const report = ({ output }: Session, value: RevocationReport): Promise<void> =>
  output.json ? output.value(value) : output.line(`Revoked ${keysWord(value.revokedCount)}.`)
