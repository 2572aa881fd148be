import { In, LessThanOrEqual, MoreThan } from 'typeorm'
import { instantText } from '../kernel/instant.ts'
import type { Reader, Writer } from '../persistence/database.ts'
import { TokenOrganizationEntity, type TokenOrganizationRow } from './token-organization.entity.ts'

/**
 * Locks the key's row for sharing until the transaction ends. A change that ends the key's tokens locks it exclusively, so it
 * either sees what this transaction writes, or this transaction starts after it.
 */
export const shareKey = async (writer: Writer, keyId: string): Promise<void> => {
  if (writer.engine === 'postgres') await writer.query('SELECT 1 FROM keys WHERE id = ? FOR SHARE', [keyId])
}

export const saveTokenOrganization = async (writer: Writer, row: TokenOrganizationRow): Promise<void> => {
  await writer.query(
    `INSERT INTO token_organizations (key_id, organization_id, expires_at) VALUES (?, ?, ?)
     ON CONFLICT (key_id, organization_id) DO UPDATE SET expires_at =
     CASE WHEN excluded.expires_at > token_organizations.expires_at
     THEN excluded.expires_at ELSE token_organizations.expires_at END`,
    [row.keyId, row.organizationId, instantText(row.expiresAt)],
  )
}

export const listOrganizationsOf = (reader: Reader, keyId: string, now: Date): Promise<TokenOrganizationRow[]> =>
  reader.manager.findBy(TokenOrganizationEntity, { keyId, expiresAt: MoreThan(now) })

/** Lists the unexpired rows of any number of keys. */
export const listTokenOrganizations = async (
  reader: Reader,
  keyIds: readonly string[],
  now: Date,
): Promise<TokenOrganizationRow[]> => {
  const found: TokenOrganizationRow[] = []
  for (let start = 0; start < keyIds.length; start += 500) {
    const keyId = In(keyIds.slice(start, start + 500))
    found.push(...(await reader.manager.findBy(TokenOrganizationEntity, { keyId, expiresAt: MoreThan(now) })))
  }
  return found
}

export const deleteTokenOrganizations = async (writer: Writer, expiredAt: Date): Promise<void> => {
  await writer.manager.delete(TokenOrganizationEntity, { expiresAt: LessThanOrEqual(expiredAt) })
}
