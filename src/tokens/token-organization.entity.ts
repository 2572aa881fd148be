import { EntitySchema } from 'typeorm'
import * as column from '../persistence/columns.ts'

/** An organization, other than the key's own, for which access tokens of a key were issued. */
export interface TokenOrganizationRow {
  keyId: string
  organizationId: string
  /** When the last of these tokens has expired, and the row may be deleted. */
  expiresAt: Date
}

export const TokenOrganizationEntity = new EntitySchema<TokenOrganizationRow>({
  name: 'TokenOrganization',
  tableName: 'token_organizations',
  columns: {
    keyId: column.id('key_id', { primary: true }),
    organizationId: column.id('organization_id', { primary: true }),
    expiresAt: column.instant('expires_at'),
  },
  indices: [{ name: 'token_organizations_expiry', columns: ['expiresAt'] }],
})
