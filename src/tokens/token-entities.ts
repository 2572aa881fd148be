import { AuditCheckpointEntity, CheckpointKeyEntity } from './checkpoint.entity.ts'
import { RevokedTokenEntity, SigningKeyEntity } from './signing-key.entity.ts'
import { TokenOrganizationEntity } from './token-organization.entity.ts'

/** The tables of this folder. */
export const tokenEntities = [
  SigningKeyEntity,
  RevokedTokenEntity,
  AuditCheckpointEntity,
  CheckpointKeyEntity,
  TokenOrganizationEntity,
]
