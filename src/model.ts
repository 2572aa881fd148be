import { KeysAuditAndExpiry1764000000000 } from '../migrations/1764000000000-keys-audit-and-expiry.ts'
import { AccessTokens1764000100000 } from '../migrations/1764000100000-access-tokens.ts'
import { EventCredentials1764000200000 } from '../migrations/1764000200000-event-credentials.ts'
import { CredentialDescent1764000300000 } from '../migrations/1764000300000-credential-descent.ts'
import { AuditCheckpoints1764000400000 } from '../migrations/1764000400000-audit-checkpoints.ts'
import { TokenOrganizations1764000500000 } from '../migrations/1764000500000-token-organizations.ts'
import { MisuseResponses1764000600000 } from '../migrations/1764000600000-misuse-responses.ts'
import { Notifications1764000700000 } from '../migrations/1764000700000-notifications.ts'
import { ConsoleSessions1764000800000 } from '../migrations/1764000800000-console-sessions.ts'
import { AuditRetention1764000900000 } from '../migrations/1764000900000-audit-retention.ts'
import { LeakedPlaces1764001000000 } from '../migrations/1764001000000-leaked-places.ts'
import { DeliveryRecipients1764001000100 } from '../migrations/1764001000100-delivery-recipients.ts'
import { EscalatedWarnings1764001000200 } from '../migrations/1764001000200-escalated-warnings.ts'
import { KeyNames1764001000300 } from '../migrations/1764001000300-key-names.ts'
import { KeyLastUses1764001000400 } from '../migrations/1764001000400-key-last-uses.ts'
import { PendingLeaks1764001000500 } from '../migrations/1764001000500-pending-leaks.ts'
import { auditEntities } from './audit/audit-event.entity.ts'
import { expiryEntities } from './expiry/expiry-warning.entity.ts'
import { keyConflicts, keyEntities } from './keys/key.entity.ts'
import { leakEntities } from './leaks/leak-entities.ts'
import { membershipConflicts, membershipEntities } from './memberships/member.entity.ts'
import { notificationEntities } from './notifications/notification.entity.ts'
import { organizationConflicts, organizationEntities } from './organizations/organization.entity.ts'
import { policyEntities } from './policies/key-policy.entity.ts'
import { retentionEntities } from './retention/retention.entity.ts'
import { sessionEntities } from './sessions/session.entity.ts'
import { tokenEntities } from './tokens/token-entities.ts'

/** Every table, every migration, oldest first, and the messages of every unique index that a caller can violate. */
export const MODEL = {
  entities: [
    ...organizationEntities,
    ...policyEntities,
    ...membershipEntities,
    ...auditEntities,
    ...keyEntities,
    ...expiryEntities,
    ...tokenEntities,
    ...notificationEntities,
    ...sessionEntities,
    ...retentionEntities,
    ...leakEntities,
  ],
  migrations: [
    KeysAuditAndExpiry1764000000000,
    AccessTokens1764000100000,
    EventCredentials1764000200000,
    CredentialDescent1764000300000,
    AuditCheckpoints1764000400000,
    TokenOrganizations1764000500000,
    MisuseResponses1764000600000,
    Notifications1764000700000,
    ConsoleSessions1764000800000,
    AuditRetention1764000900000,
    LeakedPlaces1764001000000,
    DeliveryRecipients1764001000100,
    EscalatedWarnings1764001000200,
    KeyNames1764001000300,
    KeyLastUses1764001000400,
    PendingLeaks1764001000500,
  ],
  conflicts: { ...organizationConflicts, ...membershipConflicts, ...keyConflicts },
}
