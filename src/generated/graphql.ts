/* eslint-disable */
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
/** An invitation token and the name of the new member. */
export type AcceptInvitationInput = {
  /** The complete invitation token. */
  invitationToken: string;
  /** Display name of the new member, 1 to 100 characters. */
  name: string;
};

/** The kind of caller that caused an event. */
export type ActorKind =
  /** A caller without a valid credential. */
  | 'ANONYMOUS'
  /** A machine, authenticated with an API key. */
  | 'API_KEY'
  /** Keyturn itself, for example when a key expires or a policy applies. */
  | 'SYSTEM'
  /** A person. */
  | 'USER';

/** Which events of an audit log to return. A field that is left out does not filter. */
export type AuditEventFilter = {
  /** Events that this user or API key caused. */
  actorId?: string | null | undefined;
  /** Events with a greater sequence. With `last`, an exporter reads on from where it stopped. */
  afterSequence?: number | null | undefined;
  /** Events after this time. */
  occurredAfter?: string | null | undefined;
  /** Events before this time. */
  occurredBefore?: string | null | undefined;
  /** Events about this object. */
  targetId?: string | null | undefined;
  /** Events of any of these types. At most 100 items. */
  types?: Array<AuditEventType> | null | undefined;
};

/** The type of an event in an audit log. */
export type AuditEventType =
  /** A request was denied. Identical denials within a minute are counted in one event. */
  | 'ACCESS_DENIED'
  /** Old events were written to an archive and removed from the audit log. `details` contains their range, the hash of the last of them, and the file with its SHA-256. */
  | 'AUDIT_EVENTS_ARCHIVED'
  /** An expiry warning was acknowledged. */
  | 'EXPIRY_WARNING_ACKNOWLEDGED'
  /** A key was created. */
  | 'KEY_CREATED'
  /** A key expired. */
  | 'KEY_EXPIRED'
  /** A key is about to expire. */
  | 'KEY_EXPIRY_WARNING'
  /** A secret or an access token of a key was found in a public place. `details` contains the place and who reported it. */
  | 'KEY_LEAKED'
  /** A suspended key was resumed. */
  | 'KEY_RESUMED'
  /** A key was revoked. This cannot be undone. */
  | 'KEY_REVOKED'
  /** A key received a new secret. */
  | 'KEY_ROTATED'
  /** A rotation was cancelled. The old secret is the current one again. */
  | 'KEY_ROTATION_CANCELLED'
  /** The old secret of a rotation was retired. */
  | 'KEY_ROTATION_COMPLETED'
  /** A key was suspended. */
  | 'KEY_SUSPENDED'
  /** Access tokens for this organization ended or lost grants because of a change in another organization. `details` contains the type of that event. */
  | 'KEY_TOKENS_INVALIDATED'
  /** A key was changed. `details` contains the old and new value of each changed field. */
  | 'KEY_UPDATED'
  /** A person was invited, or an invitation was withdrawn. */
  | 'MEMBER_INVITED'
  /** A person became a member. */
  | 'MEMBER_JOINED'
  /** A member was removed. `details` lists the personal access keys that were revoked as a result. */
  | 'MEMBER_REMOVED'
  /** The grants of a member were changed. */
  | 'MEMBER_UPDATED'
  /** A module was defined. */
  | 'MODULE_DEFINED'
  /** A module was removed. */
  | 'MODULE_REMOVED'
  /** A notification route was created. */
  | 'NOTIFICATION_ROUTE_CREATED'
  /** A notification route was deleted. */
  | 'NOTIFICATION_ROUTE_DELETED'
  /** A notification route was changed, or disabled because its deliveries failed. */
  | 'NOTIFICATION_ROUTE_UPDATED'
  /** An organization was created. */
  | 'ORGANIZATION_CREATED'
  /** The name, the slug or the audit retention of an organization was changed. */
  | 'ORGANIZATION_UPDATED'
  /** A key policy was changed. `details` lists the keys that no longer conform. */
  | 'POLICY_UPDATED'
  /** A project was created. */
  | 'PROJECT_CREATED'
  /** A secret was used after a rotation had retired it. */
  | 'RETIRED_SECRET_USED'
  /** A console session ended. `details` contains why. */
  | 'SESSION_ENDED'
  /** A person signed in to the console. */
  | 'SESSION_STARTED'
  /** The key that signs access tokens was rotated. */
  | 'SIGNING_KEY_ROTATED'
  /** An access token was issued. */
  | 'TOKEN_ISSUED'
  /** An access token was revoked before it expired. */
  | 'TOKEN_REVOKED';

/** Whether old events of an audit log are archived and deleted. */
export type AuditRetentionState =
  /** Events are archived and deleted within about a day after their time. */
  | 'ACTIVE'
  /** Events are older than they need to be: a notification route, which may be disabled, has not read or delivered them. Enable or delete the route. */
  | 'HELD_BACK'
  /** Nothing is deleted, because this server has no directory for archives (KEYTURN_AUDIT_ARCHIVE_DIR). */
  | 'NO_ARCHIVE'
  /** Events are kept for ever. */
  | 'OFF';

/** A new API key. At most one of expiresAt, expiresIn and neverExpires. Default: the default lifetime of the policy. */
export type CreateApiKeyInput = {
  /** CIDR ranges that the key may be used from; a use from elsewhere is UNAUTHENTICATED. They must lie within those of the key that the caller uses, which are the default. */
  allowedIps?: Array<string> | null | undefined;
  /** Description; at most 1,000 characters. */
  description?: string | null | undefined;
  /** When the key expires. */
  expiresAt?: string | null | undefined;
  /** Lifetime of the key. */
  expiresIn?: string | null | undefined;
  /** Grants of the key: at most those of the caller. */
  grants: Array<GrantInput>;
  /** Custom metadata; at most 8 KiB as JSON. */
  metadata?: Record<string, unknown> | null | undefined;
  /** Name: 1 to 100 characters, unique among the active API keys of the organization. */
  name: string;
  /** True for a key that never expires. */
  neverExpires?: boolean | null | undefined;
  /** The organization of the key. */
  organizationId: string;
  /** The project that owns the key; null if the organization owns it. */
  projectId?: string | null | undefined;
  /** How long before the expiry to warn, each shorter than the lifetime; empty for no warnings. Default: those of the policy that are at most half of the lifetime. */
  warnBefore?: Array<string> | null | undefined;
};

/** A new notification route. It begins at the head of the audit log. */
export type CreateNotificationRouteInput = {
  /** Of expiry warnings, send only those whose threshold is at most this. Default: all. */
  maximumThreshold?: string | null | undefined;
  /** Display name, 1 to 100 characters. */
  name: string;
  /** The organization whose events it sends. */
  organizationId: string;
  /** Send only events about keys of this project. Default: all. */
  projectId?: string | null | undefined;
  /** The destination. */
  target: NotificationTargetInput;
  /** The event types that the route sends. Default: KEY_EXPIRY_WARNING, KEY_EXPIRED, KEY_LEAKED, RETIRED_SECRET_USED. Types that are not about keys need `audit:viewer` as well. */
  types?: Array<AuditEventType> | null | undefined;
};

/** A new organization. */
export type CreateOrganizationInput = {
  /** Display name, 1 to 100 characters. */
  name: string;
  /** Id of the parent organization. Omit it to create a root organization. */
  parentId?: string | null | undefined;
  /** Short name, unique among the children of the parent. Derived from the name if omitted. */
  slug?: string | null | undefined;
};

/** A new personal access key of the caller. */
export type CreatePersonalAccessKeyInput = {
  /** CIDR ranges that the key may be used from; a use from elsewhere is UNAUTHENTICATED. They must lie within those of the key that the caller uses, which are the default. */
  allowedIps?: Array<string> | null | undefined;
  /** Description; at most 1,000 characters. */
  description?: string | null | undefined;
  /** When the key expires. */
  expiresAt?: string | null | undefined;
  /** Lifetime of the key. */
  expiresIn?: string | null | undefined;
  /** A subset of the grants of the caller. Default: all of them. */
  grants?: Array<GrantInput> | null | undefined;
  /** Custom metadata; at most 8 KiB as JSON. */
  metadata?: Record<string, unknown> | null | undefined;
  /** Name: 1 to 100 characters, unique among the active keys of the caller in the organization. */
  name: string;
  /** True for a key that never expires. */
  neverExpires?: boolean | null | undefined;
  /** An organization that the caller belongs to. The key is valid there and in the organizations below. */
  organizationId: string;
  /** How long before the expiry to warn, each shorter than the lifetime; empty for no warnings. Default: those of the policy that are at most half of the lifetime. */
  warnBefore?: Array<string> | null | undefined;
};

/** A new project. */
export type CreateProjectInput = {
  /** Display name, 1 to 100 characters. */
  name: string;
  /** Id of the organization that the project belongs to. */
  organizationId: string;
  /** Short name, unique in the organization. Derived from the name if omitted. */
  slug?: string | null | undefined;
};

/** A new module of the customer's own product. */
export type DefineModuleInput = {
  /** Purpose of the module, at most 1,000 characters. */
  description?: string | null | undefined;
  /** Name of the module in grants: 1 to 50 characters of a-z, 0-9, `_` and `-`, starting with a letter. */
  name: string;
  /** Id of the root organization. */
  organizationId: string;
};

/** The route to delete. */
export type DeleteNotificationRouteInput = {
  /** Id of the route. */
  id: string;
};

/** State of a delivery. */
export type DeliveryStatus =
  /** The receiver accepted it. */
  | 'DELIVERED'
  /** The last attempt failed, or there was no recipient. */
  | 'FAILED'
  /** It is sent, or waits for its next attempt or for an earlier delivery about the same key. */
  | 'PENDING';

/** Recipients of e-mail, in any combination. */
export type EmailTargetInput = {
  /** Fixed addresses, at most 50. */
  addresses?: Array<string> | null | undefined;
  /** Also the members with `keys:manager`. Default: false. */
  keyManagers?: boolean | null | undefined;
  /** Also the owner of the personal key concerned. Default: false. */
  keyOwner?: boolean | null | undefined;
};

/** The sessions to end. */
export type EndSessionsInput = {
  /** Id of the session. Omit it to end all of your sessions but the current one. */
  id?: string | null | undefined;
};

/** A secret to exchange, and what the access token is for. */
export type ExchangeKeyInput = {
  /** Service that the token is for (`aud`). Default: KEYTURN_TOKEN_AUDIENCE of the server. Keyturn's own API accepts only tokens for its public URL. */
  audience?: string | null | undefined;
  /** Organization in which the token is valid: the key's, which is the default, or one below it. */
  organizationId?: string | null | undefined;
  /** Narrower grants, separated by spaces, such as `build:operator audit:viewer`. Default: all grants of the key. */
  scope?: string | null | undefined;
  /** The secret of a key. */
  secret: string;
};

/** A role in a module. */
export type GrantInput = {
  /** Name of a module of the organization, or `*` for all modules. */
  module: string;
  /** The role in the module. */
  role: Role;
};

/** A new invitation. */
export type InviteMemberInput = {
  /** E-mail address of the person. */
  email: string;
  /** Grants of the new member, at most the caller's own. */
  grants: Array<GrantInput>;
  /** Id of the organization. */
  organizationId: string;
};

/** Filter for keys. A field that is omitted does not filter. */
export type KeyFilter = {
  /** True for keys whose lifetime the policy allows today, false for the others. */
  conformsToPolicy?: boolean | null | undefined;
  /** Keys created after this instant. */
  createdAfter?: string | null | undefined;
  /** Keys created before this instant. */
  createdBefore?: string | null | undefined;
  /** Keys that this user or API key created. */
  createdById?: string | null | undefined;
  /** Keys that expire before this instant. */
  expiringBefore?: string | null | undefined;
  /** Only these keys; at most 100 ids. Ids of other keys are ignored. */
  ids?: Array<string> | null | undefined;
  /** Include the keys of sub-organizations. Default: false. */
  includeSuborganizations?: boolean | null | undefined;
  /** Keys with a role in this module, by name or by *. */
  module?: string | null | undefined;
  /** True for keys that never expire, false for keys that do. */
  neverExpires?: boolean | null | undefined;
  /** Keys of this project. */
  projectId?: string | null | undefined;
  /** Keys with at least this role in `module`, or else in any module. */
  role?: Role | null | undefined;
  /** Part of the name, the description or a secret's hint, in any case; or a whole id. */
  search?: string | null | undefined;
  /** Keys with any of these statuses; at most 100 items. */
  status?: Array<KeyStatus> | null | undefined;
  /** Keys whose last use, or creation if they were never used, is before this instant. */
  unusedSince?: string | null | undefined;
};

/** Kind of a key. */
export type KeyKind =
  /** Owned by an organization or one of its projects, for machines. */
  | 'API_KEY'
  /** Owned by a person. */
  | 'PERSONAL_ACCESS_KEY';

/** Order of keys. */
export type KeyOrder = {
  /** Direction. */
  direction: OrderDirection;
  /** Field to order by. */
  field: KeyOrderField;
};

/** Field to order keys by. */
export type KeyOrderField =
  /** By creation. */
  | 'CREATED_AT'
  /** By expiry. Keys that never expire sort last. */
  | 'EXPIRES_AT'
  /** By last use. Keys that were never used sort first. */
  | 'LAST_USED_AT'
  /** By name, in code point order. */
  | 'NAME';

/** Changes of a key policy. A field that is omitted keeps its value; null removes a limit, and in a sub-organization inherits. */
export type KeyPolicyInput = {
  /** Lifetime of access tokens: at most P1D. */
  accessTokenLifetime?: string | null | undefined;
  /** Lifetime of a key whose creation states none. */
  defaultLifetime?: string | null | undefined;
  /** Whether owners receive an e-mail about a warning that follows an unacknowledged one. */
  escalateWarnings?: boolean | null | undefined;
  /** Whether every key must expire. */
  expiryRequired?: boolean | null | undefined;
  /** Largest number of active keys of the organization and its sub-organizations together. */
  maximumActiveKeys?: number | null | undefined;
  /** Longest lifetime of a key. */
  maximumLifetime?: string | null | undefined;
  /** Longest overlap of a rotation. */
  maximumOverlap?: string | null | undefined;
  /** Response to a secret that is reported as leaked. */
  onLeak?: SecretMisuseResponse | null | undefined;
  /** Response to the use of a retired secret. */
  onRetiredSecretUse?: SecretMisuseResponse | null | undefined;
  /** Time without use after which a key is revoked. */
  revokeUnusedAfter?: string | null | undefined;
  /** How long before the expiry of a key to warn: at most 10 thresholds. */
  warnBefore?: Array<string> | null | undefined;
};

/** Status of a key. */
export type KeyStatus =
  /** It works. */
  | 'ACTIVE'
  /** The key has expired. Rotate it to make it active again. */
  | 'EXPIRED'
  /** The key is revoked permanently. */
  | 'REVOKED'
  /** The key is suspended and can be resumed. */
  | 'SUSPENDED';

/** Channel of a notification route. */
export type NotificationChannel =
  /** E-mail by the SMTP server of the configuration. */
  | 'EMAIL'
  /** Events to PagerDuty's Events API v2, one incident for each key. */
  | 'PAGERDUTY'
  /** Messages by an incoming webhook of Slack. */
  | 'SLACK'
  /** HTTP requests signed as Standard Webhooks 1.0 has it. */
  | 'WEBHOOK';

/** Destination of a route: exactly one of webhook, slack, pagerDuty and email. */
export type NotificationTargetInput = {
  /** E-mail; needs an SMTP server in the configuration. */
  email?: EmailTargetInput | null | undefined;
  /** Incidents in PagerDuty. */
  pagerDuty?: PagerDutyTargetInput | null | undefined;
  /** Messages in Slack. */
  slack?: SlackTargetInput | null | undefined;
  /** Signed HTTP requests. */
  webhook?: WebhookTargetInput | null | undefined;
};

/** Direction of an order. */
export type OrderDirection =
  /** Smallest first. */
  | 'ASC'
  /** Largest first. */
  | 'DESC';

/** A service of PagerDuty. */
export type PagerDutyTargetInput = {
  /** Integration key of an Events API v2 integration. */
  routingKey: string;
  /** The whole endpoint, for other regions. Default: PagerDuty's Events API v2. */
  url?: string | null | undefined;
};

/** The events to send again. */
export type RedeliverNotificationsInput = {
  /** Every event of the route after this sequence of the audit log is sent again; 0 for all. */
  afterSequence: number;
  /** Id of the route. */
  routeId: string;
};

/** Why a key was revoked. */
export type RevocationReason =
  /** The secret may be known to someone unauthorized. */
  | 'COMPROMISED'
  /** It is no longer in use. */
  | 'NO_LONGER_NEEDED'
  /** Its owner is no longer a member. */
  | 'OWNER_LEFT'
  /** The key policy required it. */
  | 'POLICY'
  /** Another key replaced it. */
  | 'SUPERSEDED'
  /** Nobody said. */
  | 'UNSPECIFIED';

/** An access token to revoke. */
export type RevokeAccessTokenInput = {
  /** The complete access token. */
  token: string;
};

/** Input of revokeKey. */
export type RevokeKeyInput = {
  /** Also revoke all its descendants: the keys that were created with it, and with those. At most 10,000, all or none. Requires the right to revoke each of them. */
  descendants?: boolean | null | undefined;
  /** The key. */
  id: string;
  /** Note for the audit log; at most 1,000 characters. */
  note?: string | null | undefined;
  /** Reason. Default: UNSPECIFIED. */
  reason?: RevocationReason | null | undefined;
};

/** Input of revokeKeys. */
export type RevokeKeysInput = {
  /** Expected number of keys to revoke. With another number nothing is revoked and the error is CONFLICT. */
  expectedCount: number;
  /** The keys to revoke. Revoked keys are ignored. */
  filter: KeyFilter;
  /** Only keys of this kind. */
  kind?: KeyKind | null | undefined;
  /** The organization. */
  organizationId: string;
  /** Reason. Default: UNSPECIFIED. */
  reason?: RevocationReason | null | undefined;
};

/** Input of revokeSecret. */
export type RevokeSecretInput = {
  /** Reason. Default: COMPROMISED. */
  reason?: RevocationReason | null | undefined;
  /** The complete secret. */
  secret: string;
};

/** A level of access in a module. Each role includes the roles before it. */
export type Role =
  /** Full access to the module. */
  | 'MANAGER'
  /** Day-to-day work. */
  | 'OPERATOR'
  /** Full access to everything. Only members can hold it, and only in all modules. */
  | 'OWNER'
  /** Read access. */
  | 'VIEWER';

/** Input of rotateKey. Without expiresAt and expiresIn the new lifetime is as long as the last one. */
export type RotateKeyInput = {
  /** When the key expires. */
  expiresAt?: string | null | undefined;
  /** Lifetime of the key from now. */
  expiresIn?: string | null | undefined;
  /** The key. */
  id: string;
  /** How long the old secret stays valid; zero retires it at once. Default: PT24H, or the maximum of the policy if that is less. */
  overlap?: string | null | undefined;
  /** Start counting the overlap when the new secret is first used, not now. The old secret stops working at the policy's maximum overlap after the rotation at the latest. */
  overlapFromFirstUse?: boolean | null | undefined;
  /** If the response of a rotation was lost and its new secret was never used: discard that secret and issue another one. The old secret stays valid no longer than the first rotation stated. Ignored if no rotation is in progress; CONFLICT if the new secret has been used. */
  replaceUnconfirmed?: boolean | null | undefined;
};

/** Response to the use of a retired secret or to a leaked secret. The audit log records it in any case. */
export type SecretMisuseResponse =
  /** Nothing else. */
  | 'RECORD'
  /** The key is revoked. */
  | 'REVOKE'
  /** The key is suspended. A caller with `keys:manager` can resume it. */
  | 'SUSPEND';

/** State of a secret. */
export type SecretState =
  /** The newest secret of the key. */
  | 'CURRENT'
  /** No longer valid. */
  | 'RETIRED'
  /** Replaced by a rotation, and valid until the overlap ends. */
  | 'RETIRING';

/** The route to test. */
export type SendTestNotificationInput = {
  /** Id of the route. */
  id: string;
};

/** A channel of Slack. */
export type SlackTargetInput = {
  /** URL of an incoming webhook. */
  url: string;
};

/** How long an organization keeps the events of its audit log. */
export type UpdateAuditRetentionInput = {
  /** How long events are kept: at least P30D. Null, or left out: for ever. */
  keep?: string | null | undefined;
  /** The organization. Those below it keep their own setting. */
  organizationId: string;
};

/** Changes of a key. A field that is omitted keeps its value. */
export type UpdateKeyInput = {
  /** New CIDR ranges; empty for no restriction. A caller whose key is restricted can only set ranges within its own. */
  allowedIps?: Array<string> | null | undefined;
  /** New description; null removes it. */
  description?: string | null | undefined;
  /** All grants from now on: at most the caller's own. */
  grants?: Array<GrantInput> | null | undefined;
  /** The key. */
  id: string;
  /** New metadata, which replaces the old. */
  metadata?: Record<string, unknown> | null | undefined;
  /** New name: 1 to 100 characters. */
  name?: string | null | undefined;
  /** New thresholds; null for the policy's, empty for no warnings. */
  warnBefore?: Array<string> | null | undefined;
};

/** Input of updateKeyPolicy. */
export type UpdateKeyPolicyInput = {
  /** The organization. */
  organizationId: string;
  /** The changes. */
  policy: KeyPolicyInput;
};

/** New grants of a member. */
export type UpdateMemberInput = {
  /** All grants of the member. Grants that are not listed are withdrawn. */
  grants: Array<GrantInput>;
  /** Id of the member. */
  memberId: string;
};

/** Changes to a notification route. Omitted fields stay unchanged. */
export type UpdateNotificationRouteInput = {
  /** Whether the route is enabled. A route that is enabled again continues after the last event that it processed. */
  enabled?: boolean | null | undefined;
  /** Id of the route. */
  id: string;
  /** Largest threshold of warnings; null for all. */
  maximumThreshold?: string | null | undefined;
  /** Display name, 1 to 100 characters. */
  name?: string | null | undefined;
  /** Rotate the signing secret. The old one also signs for 24 hours. For webhooks only. */
  rotateSigningSecret?: boolean | null | undefined;
  /** The new destination. */
  target?: NotificationTargetInput | null | undefined;
  /** The event types that the route sends. */
  types?: Array<AuditEventType> | null | undefined;
};

/** A receiver of Standard Webhooks. */
export type WebhookTargetInput = {
  /** An https URL of at most 2,048 characters. http only to ranges that the operator allows. */
  url: string;
};

export type PageInfoFieldsFragment = { hasNextPage: boolean, hasPreviousPage: boolean, startCursor: string | null, endCursor: string | null };

export type AuditEventFieldsFragment = { id: string, sequence: number, type: AuditEventType, occurredAt: string, credentialId: string | null, tokenId: string | null, targetId: string | null, targetName: string | null, details: Record<string, unknown>, requestId: string | null, previousHash: string, hash: string, actor: { kind: ActorKind, id: string | null, name: string | null } };

export type AuditEventsQueryVariables = Exact<{
  organizationId: string;
  filter?: AuditEventFilter | null | undefined;
  first?: number | null | undefined;
  after?: string | null | undefined;
  last?: number | null | undefined;
  before?: string | null | undefined;
}>;


export type AuditEventsQuery = { organization: { auditEvents: { edges: Array<{ cursor: string, node: { id: string, sequence: number, type: AuditEventType, occurredAt: string, credentialId: string | null, tokenId: string | null, targetId: string | null, targetName: string | null, details: Record<string, unknown>, requestId: string | null, previousHash: string, hash: string, actor: { kind: ActorKind, id: string | null, name: string | null } } }>, pageInfo: { hasNextPage: boolean, hasPreviousPage: boolean, startCursor: string | null, endCursor: string | null } } | null } | null };

export type AuditEventOriginsQueryVariables = Exact<{
  organizationId: string;
  first?: number | null | undefined;
}>;


export type AuditEventOriginsQuery = { organization: { auditEvents: { edges: Array<{ node: { sequence: number, ipAddress: string | null, userAgent: string | null } }> } | null } | null };

export type AuditChainQueryVariables = Exact<{
  organizationId: string;
  last?: number | null | undefined;
  before?: string | null | undefined;
  after?: number | null | undefined;
}>;


export type AuditChainQuery = { organization: { auditEvents: { edges: Array<{ node: { organizationId: string, ipAddress: string | null, userAgent: string | null, id: string, sequence: number, type: AuditEventType, occurredAt: string, credentialId: string | null, tokenId: string | null, targetId: string | null, targetName: string | null, details: Record<string, unknown>, requestId: string | null, previousHash: string, hash: string, actor: { kind: ActorKind, id: string | null, name: string | null } } }>, pageInfo: { hasNextPage: boolean, hasPreviousPage: boolean, startCursor: string | null, endCursor: string | null } } | null } | null };

export type AuditHeadQueryVariables = Exact<{
  organizationId: string;
}>;


export type AuditHeadQuery = { organization: { auditEvents: { edges: Array<{ node: { sequence: number } }> } | null } | null };

export type AuditVerificationQueryVariables = Exact<{
  organizationId: string;
}>;


export type AuditVerificationQuery = { organization: { auditVerification: { intact: boolean, baseSequence: number, checkedEvents: number, firstBrokenSequence: number | null, headHash: string } | null } | null };

export type AuditRetentionQueryVariables = Exact<{
  organizationId: string;
}>;


export type AuditRetentionQuery = { organization: { auditRetention: { keep: string | null, state: AuditRetentionState, firstSequence: number, base: { sequence: number, hash: string, signedAt: string, signature: string } | null } | null } | null };

export type UpdateAuditRetentionMutationVariables = Exact<{
  input: UpdateAuditRetentionInput;
}>;


export type UpdateAuditRetentionMutation = { updateAuditRetention: { organization: { auditRetention: { keep: string | null, state: AuditRetentionState } | null } } };

export type ExpiryWarningFieldsFragment = { id: string, sequence: number, threshold: string, expiresAt: string, secondsLeft: number, createdAt: string, acknowledgedAt: string | null, acknowledgedBy: { kind: ActorKind, id: string | null, name: string | null } | null, key:
    | { id: string, kind: KeyKind, name: string }
    | { id: string, kind: KeyKind, name: string }
   };

export type ListExpiryWarningsQueryVariables = Exact<{
  organizationId: string;
  acknowledged?: boolean | null | undefined;
  first?: number | null | undefined;
  after?: string | null | undefined;
  last?: number | null | undefined;
  before?: string | null | undefined;
}>;


export type ListExpiryWarningsQuery = { organization: { expiryWarnings: { edges: Array<{ cursor: string, node: { id: string, sequence: number, threshold: string, expiresAt: string, secondsLeft: number, createdAt: string, acknowledgedAt: string | null, acknowledgedBy: { kind: ActorKind, id: string | null, name: string | null } | null, key:
            | { id: string, kind: KeyKind, name: string }
            | { id: string, kind: KeyKind, name: string }
           } }>, pageInfo: { hasNextPage: boolean, hasPreviousPage: boolean, startCursor: string | null, endCursor: string | null } } | null } | null };

export type AcknowledgeExpiryWarningMutationVariables = Exact<{
  id: string;
}>;


export type AcknowledgeExpiryWarningMutation = { acknowledgeExpiryWarning: { expiryWarning: { id: string, sequence: number, threshold: string, expiresAt: string, secondsLeft: number, createdAt: string, acknowledgedAt: string | null, acknowledgedBy: { kind: ActorKind, id: string | null, name: string | null } | null, key:
        | { id: string, kind: KeyKind, name: string }
        | { id: string, kind: KeyKind, name: string }
       } } };

export type ExpiryWarningsSubscriptionVariables = Exact<{
  organizationId: string;
  after?: number | null | undefined;
}>;


export type ExpiryWarningsSubscription = { expiryWarnings: { id: string, sequence: number, threshold: string, expiresAt: string, secondsLeft: number, createdAt: string, acknowledgedAt: string | null, acknowledgedBy: { kind: ActorKind, id: string | null, name: string | null } | null, key:
      | { id: string, kind: KeyKind, name: string }
      | { id: string, kind: KeyKind, name: string }
     } };

type KeyFields_ApiKey_Fragment = { id: string, kind: KeyKind, name: string, description: string | null, status: KeyStatus, createdAt: string, expiresAt: string | null, expiringSoon: boolean, warnBefore: Array<string>, metadata: Record<string, unknown>, revokedAt: string | null, revocationReason: RevocationReason | null, grants: Array<{ module: string, role: Role }>, secrets: Array<{ hint: string, state: SecretState, createdAt: string, validUntil: string | null, lastUsedAt: string | null }> };

type KeyFields_PersonalAccessKey_Fragment = { id: string, kind: KeyKind, name: string, description: string | null, status: KeyStatus, createdAt: string, expiresAt: string | null, expiringSoon: boolean, warnBefore: Array<string>, metadata: Record<string, unknown>, revokedAt: string | null, revocationReason: RevocationReason | null, grants: Array<{ module: string, role: Role }>, secrets: Array<{ hint: string, state: SecretState, createdAt: string, validUntil: string | null, lastUsedAt: string | null }> };

export type KeyFieldsFragment =
  | KeyFields_ApiKey_Fragment
  | KeyFields_PersonalAccessKey_Fragment
;

export type ViewerQueryVariables = Exact<{ [key: string]: never; }>;


export type ViewerQuery = { viewer: { kind: ActorKind, user: { id: string, name: string, email: string | null } | null, key:
      | { id: string, kind: KeyKind, name: string, description: string | null, status: KeyStatus, createdAt: string, expiresAt: string | null, expiringSoon: boolean, warnBefore: Array<string>, metadata: Record<string, unknown>, revokedAt: string | null, revocationReason: RevocationReason | null, grants: Array<{ module: string, role: Role }>, secrets: Array<{ hint: string, state: SecretState, createdAt: string, validUntil: string | null, lastUsedAt: string | null }> }
      | { id: string, kind: KeyKind, name: string, description: string | null, status: KeyStatus, createdAt: string, expiresAt: string | null, expiringSoon: boolean, warnBefore: Array<string>, metadata: Record<string, unknown>, revokedAt: string | null, revocationReason: RevocationReason | null, grants: Array<{ module: string, role: Role }>, secrets: Array<{ hint: string, state: SecretState, createdAt: string, validUntil: string | null, lastUsedAt: string | null }> }
     | null, organizations: Array<{ id: string, name: string, slug: string }>, personalAccessKeys: Array<{ id: string, kind: KeyKind, name: string, description: string | null, status: KeyStatus, createdAt: string, expiresAt: string | null, expiringSoon: boolean, warnBefore: Array<string>, metadata: Record<string, unknown>, revokedAt: string | null, revocationReason: RevocationReason | null, grants: Array<{ module: string, role: Role }>, secrets: Array<{ hint: string, state: SecretState, createdAt: string, validUntil: string | null, lastUsedAt: string | null }> }> } };

export type ViewerGrantsQueryVariables = Exact<{
  organizationId: string;
}>;


export type ViewerGrantsQuery = { viewer: { grants: Array<{ module: string, role: Role }> } };

export type KeyByIdQueryVariables = Exact<{
  id: string;
}>;


export type KeyByIdQuery = { key:
    | { id: string, kind: KeyKind, name: string, description: string | null, status: KeyStatus, createdAt: string, expiresAt: string | null, expiringSoon: boolean, warnBefore: Array<string>, metadata: Record<string, unknown>, revokedAt: string | null, revocationReason: RevocationReason | null, grants: Array<{ module: string, role: Role }>, secrets: Array<{ hint: string, state: SecretState, createdAt: string, validUntil: string | null, lastUsedAt: string | null }> }
    | { id: string, kind: KeyKind, name: string, description: string | null, status: KeyStatus, createdAt: string, expiresAt: string | null, expiringSoon: boolean, warnBefore: Array<string>, metadata: Record<string, unknown>, revokedAt: string | null, revocationReason: RevocationReason | null, grants: Array<{ module: string, role: Role }>, secrets: Array<{ hint: string, state: SecretState, createdAt: string, validUntil: string | null, lastUsedAt: string | null }> }
   | null };

export type KeyDetailsQueryVariables = Exact<{
  id: string;
}>;


export type KeyDetailsQuery = { viewer: { user: { id: string } | null }, key:
    | { id: string, kind: KeyKind, name: string, description: string | null, status: KeyStatus, createdAt: string, expiresAt: string | null, expiringSoon: boolean, warnBefore: Array<string>, metadata: Record<string, unknown>, revokedAt: string | null, revocationReason: RevocationReason | null, organization: { id: string, name: string, slug: string }, project: { id: string, name: string, slug: string } | null, grants: Array<{ module: string, role: Role }>, secrets: Array<{ hint: string, state: SecretState, createdAt: string, validUntil: string | null, lastUsedAt: string | null }> }
    | { id: string, kind: KeyKind, name: string, description: string | null, status: KeyStatus, createdAt: string, expiresAt: string | null, expiringSoon: boolean, warnBefore: Array<string>, metadata: Record<string, unknown>, revokedAt: string | null, revocationReason: RevocationReason | null, owner: { id: string, name: string }, organization: { id: string, name: string, slug: string }, project: { id: string, name: string, slug: string } | null, grants: Array<{ module: string, role: Role }>, secrets: Array<{ hint: string, state: SecretState, createdAt: string, validUntil: string | null, lastUsedAt: string | null }> }
   | null };

export type KeyOriginsQueryVariables = Exact<{
  id: string;
  usage: boolean;
  addresses: boolean;
}>;


export type KeyOriginsQuery = { key:
    | { lastUsedAt?: string | null, lastUsedFrom?: Array<string> | null, allowedIps?: Array<string> | null, createdBy?: { kind: ActorKind, id: string | null, name: string | null } | null }
    | { lastUsedAt?: string | null, lastUsedFrom?: Array<string> | null, allowedIps?: Array<string> | null, createdBy?: { kind: ActorKind, id: string | null, name: string | null } | null }
   | null };

export type KeyUsageQueryVariables = Exact<{
  id: string;
}>;


export type KeyUsageQuery = { key:
    | { lastUsedAt: string | null, lastUsedFrom: Array<string> | null, allowedIps: Array<string> | null, createdBy: { kind: ActorKind, id: string | null, name: string | null } | null, secrets: Array<{ hint: string, state: SecretState, lastUsedAt: string | null }> }
    | { lastUsedAt: string | null, lastUsedFrom: Array<string> | null, allowedIps: Array<string> | null, createdBy: { kind: ActorKind, id: string | null, name: string | null } | null, secrets: Array<{ hint: string, state: SecretState, lastUsedAt: string | null }> }
   | null };

export type KeyHistoryQueryVariables = Exact<{
  id: string;
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type KeyHistoryQuery = { key:
    | { history: { edges: Array<{ cursor: string, node: { id: string, sequence: number, type: AuditEventType, occurredAt: string, credentialId: string | null, tokenId: string | null, targetId: string | null, targetName: string | null, details: Record<string, unknown>, requestId: string | null, previousHash: string, hash: string, actor: { kind: ActorKind, id: string | null, name: string | null } } }>, pageInfo: { hasNextPage: boolean, hasPreviousPage: boolean, startCursor: string | null, endCursor: string | null } } | null }
    | { history: { edges: Array<{ cursor: string, node: { id: string, sequence: number, type: AuditEventType, occurredAt: string, credentialId: string | null, tokenId: string | null, targetId: string | null, targetName: string | null, details: Record<string, unknown>, requestId: string | null, previousHash: string, hash: string, actor: { kind: ActorKind, id: string | null, name: string | null } } }>, pageInfo: { hasNextPage: boolean, hasPreviousPage: boolean, startCursor: string | null, endCursor: string | null } } | null }
   | null };

export type ApiKeysQueryVariables = Exact<{
  organizationId: string;
  filter?: KeyFilter | null | undefined;
  orderBy?: KeyOrder | null | undefined;
  first?: number | null | undefined;
  after?: string | null | undefined;
  last?: number | null | undefined;
  before?: string | null | undefined;
}>;


export type ApiKeysQuery = { organization: { apiKeys: { totalCount: number, edges: Array<{ cursor: string, node: { id: string, kind: KeyKind, name: string, description: string | null, status: KeyStatus, createdAt: string, expiresAt: string | null, expiringSoon: boolean, warnBefore: Array<string>, metadata: Record<string, unknown>, revokedAt: string | null, revocationReason: RevocationReason | null, grants: Array<{ module: string, role: Role }>, secrets: Array<{ hint: string, state: SecretState, createdAt: string, validUntil: string | null, lastUsedAt: string | null }> } }>, pageInfo: { hasNextPage: boolean, hasPreviousPage: boolean, startCursor: string | null, endCursor: string | null } } | null } | null };

export type PersonalAccessKeysQueryVariables = Exact<{
  organizationId: string;
  filter?: KeyFilter | null | undefined;
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type PersonalAccessKeysQuery = { organization: { personalAccessKeys: { totalCount: number, edges: Array<{ node: { id: string, kind: KeyKind, name: string, description: string | null, status: KeyStatus, createdAt: string, expiresAt: string | null, expiringSoon: boolean, warnBefore: Array<string>, metadata: Record<string, unknown>, revokedAt: string | null, revocationReason: RevocationReason | null, owner: { id: string, name: string }, grants: Array<{ module: string, role: Role }>, secrets: Array<{ hint: string, state: SecretState, createdAt: string, validUntil: string | null, lastUsedAt: string | null }> } }> } | null } | null };

export type CreateApiKeyMutationVariables = Exact<{
  input: CreateApiKeyInput;
}>;


export type CreateApiKeyMutation = { createApiKey: { secret: string, apiKey: { id: string, kind: KeyKind, name: string, description: string | null, status: KeyStatus, createdAt: string, expiresAt: string | null, expiringSoon: boolean, warnBefore: Array<string>, metadata: Record<string, unknown>, revokedAt: string | null, revocationReason: RevocationReason | null, grants: Array<{ module: string, role: Role }>, secrets: Array<{ hint: string, state: SecretState, createdAt: string, validUntil: string | null, lastUsedAt: string | null }> } } };

export type CreatePersonalAccessKeyMutationVariables = Exact<{
  input: CreatePersonalAccessKeyInput;
}>;


export type CreatePersonalAccessKeyMutation = { createPersonalAccessKey: { secret: string, personalAccessKey: { id: string, kind: KeyKind, name: string, description: string | null, status: KeyStatus, createdAt: string, expiresAt: string | null, expiringSoon: boolean, warnBefore: Array<string>, metadata: Record<string, unknown>, revokedAt: string | null, revocationReason: RevocationReason | null, grants: Array<{ module: string, role: Role }>, secrets: Array<{ hint: string, state: SecretState, createdAt: string, validUntil: string | null, lastUsedAt: string | null }> } } };

export type UpdateKeyMutationVariables = Exact<{
  input: UpdateKeyInput;
}>;


export type UpdateKeyMutation = { updateKey: { key:
      | { id: string, kind: KeyKind, name: string, description: string | null, status: KeyStatus, createdAt: string, expiresAt: string | null, expiringSoon: boolean, warnBefore: Array<string>, metadata: Record<string, unknown>, revokedAt: string | null, revocationReason: RevocationReason | null, grants: Array<{ module: string, role: Role }>, secrets: Array<{ hint: string, state: SecretState, createdAt: string, validUntil: string | null, lastUsedAt: string | null }> }
      | { id: string, kind: KeyKind, name: string, description: string | null, status: KeyStatus, createdAt: string, expiresAt: string | null, expiringSoon: boolean, warnBefore: Array<string>, metadata: Record<string, unknown>, revokedAt: string | null, revocationReason: RevocationReason | null, grants: Array<{ module: string, role: Role }>, secrets: Array<{ hint: string, state: SecretState, createdAt: string, validUntil: string | null, lastUsedAt: string | null }> }
     } };

export type RotateKeyMutationVariables = Exact<{
  input: RotateKeyInput;
}>;


export type RotateKeyMutation = { rotateKey: { secret: string, previousSecretValidUntil: string | null, key:
      | { id: string, kind: KeyKind, name: string, description: string | null, status: KeyStatus, createdAt: string, expiresAt: string | null, expiringSoon: boolean, warnBefore: Array<string>, metadata: Record<string, unknown>, revokedAt: string | null, revocationReason: RevocationReason | null, grants: Array<{ module: string, role: Role }>, secrets: Array<{ hint: string, state: SecretState, createdAt: string, validUntil: string | null, lastUsedAt: string | null }> }
      | { id: string, kind: KeyKind, name: string, description: string | null, status: KeyStatus, createdAt: string, expiresAt: string | null, expiringSoon: boolean, warnBefore: Array<string>, metadata: Record<string, unknown>, revokedAt: string | null, revocationReason: RevocationReason | null, grants: Array<{ module: string, role: Role }>, secrets: Array<{ hint: string, state: SecretState, createdAt: string, validUntil: string | null, lastUsedAt: string | null }> }
     } };

export type CompleteRotationMutationVariables = Exact<{
  id: string;
}>;


export type CompleteRotationMutation = { completeRotation: { key:
      | { id: string, kind: KeyKind, name: string, description: string | null, status: KeyStatus, createdAt: string, expiresAt: string | null, expiringSoon: boolean, warnBefore: Array<string>, metadata: Record<string, unknown>, revokedAt: string | null, revocationReason: RevocationReason | null, grants: Array<{ module: string, role: Role }>, secrets: Array<{ hint: string, state: SecretState, createdAt: string, validUntil: string | null, lastUsedAt: string | null }> }
      | { id: string, kind: KeyKind, name: string, description: string | null, status: KeyStatus, createdAt: string, expiresAt: string | null, expiringSoon: boolean, warnBefore: Array<string>, metadata: Record<string, unknown>, revokedAt: string | null, revocationReason: RevocationReason | null, grants: Array<{ module: string, role: Role }>, secrets: Array<{ hint: string, state: SecretState, createdAt: string, validUntil: string | null, lastUsedAt: string | null }> }
     } };

export type CancelRotationMutationVariables = Exact<{
  id: string;
}>;


export type CancelRotationMutation = { cancelRotation: { key:
      | { id: string, kind: KeyKind, name: string, description: string | null, status: KeyStatus, createdAt: string, expiresAt: string | null, expiringSoon: boolean, warnBefore: Array<string>, metadata: Record<string, unknown>, revokedAt: string | null, revocationReason: RevocationReason | null, grants: Array<{ module: string, role: Role }>, secrets: Array<{ hint: string, state: SecretState, createdAt: string, validUntil: string | null, lastUsedAt: string | null }> }
      | { id: string, kind: KeyKind, name: string, description: string | null, status: KeyStatus, createdAt: string, expiresAt: string | null, expiringSoon: boolean, warnBefore: Array<string>, metadata: Record<string, unknown>, revokedAt: string | null, revocationReason: RevocationReason | null, grants: Array<{ module: string, role: Role }>, secrets: Array<{ hint: string, state: SecretState, createdAt: string, validUntil: string | null, lastUsedAt: string | null }> }
     } };

export type SuspendKeyMutationVariables = Exact<{
  id: string;
}>;


export type SuspendKeyMutation = { suspendKey: { key:
      | { id: string, kind: KeyKind, name: string, description: string | null, status: KeyStatus, createdAt: string, expiresAt: string | null, expiringSoon: boolean, warnBefore: Array<string>, metadata: Record<string, unknown>, revokedAt: string | null, revocationReason: RevocationReason | null, grants: Array<{ module: string, role: Role }>, secrets: Array<{ hint: string, state: SecretState, createdAt: string, validUntil: string | null, lastUsedAt: string | null }> }
      | { id: string, kind: KeyKind, name: string, description: string | null, status: KeyStatus, createdAt: string, expiresAt: string | null, expiringSoon: boolean, warnBefore: Array<string>, metadata: Record<string, unknown>, revokedAt: string | null, revocationReason: RevocationReason | null, grants: Array<{ module: string, role: Role }>, secrets: Array<{ hint: string, state: SecretState, createdAt: string, validUntil: string | null, lastUsedAt: string | null }> }
     } };

export type ResumeKeyMutationVariables = Exact<{
  id: string;
}>;


export type ResumeKeyMutation = { resumeKey: { key:
      | { id: string, kind: KeyKind, name: string, description: string | null, status: KeyStatus, createdAt: string, expiresAt: string | null, expiringSoon: boolean, warnBefore: Array<string>, metadata: Record<string, unknown>, revokedAt: string | null, revocationReason: RevocationReason | null, grants: Array<{ module: string, role: Role }>, secrets: Array<{ hint: string, state: SecretState, createdAt: string, validUntil: string | null, lastUsedAt: string | null }> }
      | { id: string, kind: KeyKind, name: string, description: string | null, status: KeyStatus, createdAt: string, expiresAt: string | null, expiringSoon: boolean, warnBefore: Array<string>, metadata: Record<string, unknown>, revokedAt: string | null, revocationReason: RevocationReason | null, grants: Array<{ module: string, role: Role }>, secrets: Array<{ hint: string, state: SecretState, createdAt: string, validUntil: string | null, lastUsedAt: string | null }> }
     } };

export type RevokeKeyMutationVariables = Exact<{
  input: RevokeKeyInput;
}>;


export type RevokeKeyMutation = { revokeKey: { revokedKeyIds: Array<string>, key:
      | { id: string, kind: KeyKind, name: string, description: string | null, status: KeyStatus, createdAt: string, expiresAt: string | null, expiringSoon: boolean, warnBefore: Array<string>, metadata: Record<string, unknown>, revokedAt: string | null, revocationReason: RevocationReason | null, grants: Array<{ module: string, role: Role }>, secrets: Array<{ hint: string, state: SecretState, createdAt: string, validUntil: string | null, lastUsedAt: string | null }> }
      | { id: string, kind: KeyKind, name: string, description: string | null, status: KeyStatus, createdAt: string, expiresAt: string | null, expiringSoon: boolean, warnBefore: Array<string>, metadata: Record<string, unknown>, revokedAt: string | null, revocationReason: RevocationReason | null, grants: Array<{ module: string, role: Role }>, secrets: Array<{ hint: string, state: SecretState, createdAt: string, validUntil: string | null, lastUsedAt: string | null }> }
     } };

export type RevokeKeysMutationVariables = Exact<{
  input: RevokeKeysInput;
}>;


export type RevokeKeysMutation = { revokeKeys: { revokedCount: number } };

export type RevokeSecretMutationVariables = Exact<{
  input: RevokeSecretInput;
}>;


export type RevokeSecretMutation = { revokeSecret: { accepted: boolean } };

export type KeyEventsSubscriptionVariables = Exact<{
  organizationId: string;
  keyId?: string | null | undefined;
  types?: Array<AuditEventType> | AuditEventType | null | undefined;
  after?: number | null | undefined;
}>;


export type KeyEventsSubscription = { keyEvents: { id: string, sequence: number, type: AuditEventType, occurredAt: string, credentialId: string | null, tokenId: string | null, targetId: string | null, targetName: string | null, details: Record<string, unknown>, requestId: string | null, previousHash: string, hash: string, actor: { kind: ActorKind, id: string | null, name: string | null } } };

export type NotificationRouteFieldsFragment = { id: string, name: string, channel: NotificationChannel, target: string | null, types: Array<AuditEventType>, maximumThreshold: string | null, enabled: boolean, disabledReason: string | null, position: number, createdAt: string };

export type NotificationDeliveryFieldsFragment = { id: string, status: DeliveryStatus, attempts: number, createdAt: string, lastAttemptAt: string | null, nextAttemptAt: string | null, deliveredAt: string | null, responseStatus: number | null, error: string | null };

export type ListNotificationRoutesQueryVariables = Exact<{
  organizationId: string;
}>;


export type ListNotificationRoutesQuery = { organization: { notificationRoutes: Array<{ id: string, name: string, channel: NotificationChannel, target: string | null, types: Array<AuditEventType>, maximumThreshold: string | null, enabled: boolean, disabledReason: string | null, position: number, createdAt: string }> | null } | null };

export type ListNotificationDeliveriesQueryVariables = Exact<{
  routeId: string;
  status?: DeliveryStatus | null | undefined;
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type ListNotificationDeliveriesQuery = { node:
    | { deliveries: { edges: Array<{ node: { id: string, status: DeliveryStatus, attempts: number, createdAt: string, lastAttemptAt: string | null, nextAttemptAt: string | null, deliveredAt: string | null, responseStatus: number | null, error: string | null } }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } }
    | Record<PropertyKey, never>
   | null };

export type CreateNotificationRouteMutationVariables = Exact<{
  input: CreateNotificationRouteInput;
}>;


export type CreateNotificationRouteMutation = { createNotificationRoute: { signingSecret: string | null, route: { id: string, name: string, channel: NotificationChannel, target: string | null, types: Array<AuditEventType>, maximumThreshold: string | null, enabled: boolean, disabledReason: string | null, position: number, createdAt: string } } };

export type UpdateNotificationRouteMutationVariables = Exact<{
  input: UpdateNotificationRouteInput;
}>;


export type UpdateNotificationRouteMutation = { updateNotificationRoute: { signingSecret: string | null, route: { id: string, name: string, channel: NotificationChannel, target: string | null, types: Array<AuditEventType>, maximumThreshold: string | null, enabled: boolean, disabledReason: string | null, position: number, createdAt: string } } };

export type DeleteNotificationRouteMutationVariables = Exact<{
  input: DeleteNotificationRouteInput;
}>;


export type DeleteNotificationRouteMutation = { deleteNotificationRoute: { deletedRouteId: string } };

export type SendTestNotificationMutationVariables = Exact<{
  input: SendTestNotificationInput;
}>;


export type SendTestNotificationMutation = { sendTestNotification: { delivery: { id: string, status: DeliveryStatus, attempts: number, createdAt: string, lastAttemptAt: string | null, nextAttemptAt: string | null, deliveredAt: string | null, responseStatus: number | null, error: string | null } } };

export type RedeliverNotificationsMutationVariables = Exact<{
  input: RedeliverNotificationsInput;
}>;


export type RedeliverNotificationsMutation = { redeliverNotifications: { route: { id: string, name: string, channel: NotificationChannel, target: string | null, types: Array<AuditEventType>, maximumThreshold: string | null, enabled: boolean, disabledReason: string | null, position: number, createdAt: string } } };

export type KeyPolicyFieldsFragment = { maximumLifetime: string | null, defaultLifetime: string, expiryRequired: boolean, warnBefore: Array<string>, maximumOverlap: string, maximumActiveKeys: number | null, accessTokenLifetime: string, onRetiredSecretUse: SecretMisuseResponse, onLeak: SecretMisuseResponse, revokeUnusedAfter: string | null, escalateWarnings: boolean };

export type OrganizationByIdQueryVariables = Exact<{
  id: string;
}>;


export type OrganizationByIdQuery = { organization: { id: string, name: string, slug: string, parent: { id: string } | null, suborganizations: Array<{ id: string, name: string }>, projects: Array<{ id: string, name: string, slug: string }>, modules: Array<{ id: string, name: string, description: string | null, builtIn: boolean }>, policy: { maximumLifetime: string | null, defaultLifetime: string, expiryRequired: boolean, warnBefore: Array<string>, maximumOverlap: string, maximumActiveKeys: number | null, accessTokenLifetime: string, onRetiredSecretUse: SecretMisuseResponse, onLeak: SecretMisuseResponse, revokeUnusedAfter: string | null, escalateWarnings: boolean } | null } | null };

export type MembersQueryVariables = Exact<{
  organizationId: string;
  first?: number | null | undefined;
  after?: string | null | undefined;
  last?: number | null | undefined;
  before?: string | null | undefined;
}>;


export type MembersQuery = { organization: { members: { edges: Array<{ cursor: string, node: { id: string, inherited: boolean, joinedAt: string, grants: Array<{ module: string, role: Role }>, user: { id: string, name: string, email: string | null }, organization: { id: string } } }>, pageInfo: { hasNextPage: boolean, hasPreviousPage: boolean, startCursor: string | null, endCursor: string | null } } | null } | null };

export type CreateOrganizationMutationVariables = Exact<{
  input: CreateOrganizationInput;
}>;


export type CreateOrganizationMutation = { createOrganization: { organization: { id: string, name: string, slug: string, parent: { id: string } | null } } };

export type PolicyPreviewQueryVariables = Exact<{
  organizationId: string;
  policy: KeyPolicyInput;
}>;


export type PolicyPreviewQuery = { organization: { policyPreview: { nonConformingKeys: number, nonConformingKeyIds: Array<string>, policy: { maximumLifetime: string | null, defaultLifetime: string, expiryRequired: boolean, warnBefore: Array<string>, maximumOverlap: string, maximumActiveKeys: number | null, accessTokenLifetime: string, onRetiredSecretUse: SecretMisuseResponse, onLeak: SecretMisuseResponse, revokeUnusedAfter: string | null, escalateWarnings: boolean } } | null } | null };

export type UpdateKeyPolicyMutationVariables = Exact<{
  input: UpdateKeyPolicyInput;
}>;


export type UpdateKeyPolicyMutation = { updateKeyPolicy: { organization: { id: string, policy: { maximumLifetime: string | null, defaultLifetime: string, expiryRequired: boolean, warnBefore: Array<string>, maximumOverlap: string, maximumActiveKeys: number | null, accessTokenLifetime: string, onRetiredSecretUse: SecretMisuseResponse, onLeak: SecretMisuseResponse, revokeUnusedAfter: string | null, escalateWarnings: boolean } | null } } };

export type DefineModuleMutationVariables = Exact<{
  input: DefineModuleInput;
}>;


export type DefineModuleMutation = { defineModule: { module: { id: string, name: string, description: string | null, builtIn: boolean } } };

export type CreateProjectMutationVariables = Exact<{
  input: CreateProjectInput;
}>;


export type CreateProjectMutation = { createProject: { project: { id: string, name: string, slug: string, organization: { id: string } } } };

export type InviteMemberMutationVariables = Exact<{
  input: InviteMemberInput;
}>;


export type InviteMemberMutation = { inviteMember: { invitationToken: string, expiresAt: string, invitation: { id: string, email: string } } };

export type RevokeInvitationMutationVariables = Exact<{
  id: string;
}>;


export type RevokeInvitationMutation = { revokeInvitation: { revokedInvitationId: string } };

export type AcceptInvitationMutationVariables = Exact<{
  input: AcceptInvitationInput;
}>;


export type AcceptInvitationMutation = { acceptInvitation: { secret: string, user: { id: string, name: string }, personalAccessKey: { id: string, kind: KeyKind, name: string, description: string | null, status: KeyStatus, createdAt: string, expiresAt: string | null, expiringSoon: boolean, warnBefore: Array<string>, metadata: Record<string, unknown>, revokedAt: string | null, revocationReason: RevocationReason | null, grants: Array<{ module: string, role: Role }>, secrets: Array<{ hint: string, state: SecretState, createdAt: string, validUntil: string | null, lastUsedAt: string | null }> } } };

export type UpdateMemberMutationVariables = Exact<{
  input: UpdateMemberInput;
}>;


export type UpdateMemberMutation = { updateMember: { member: { id: string, grants: Array<{ module: string, role: Role }> } } };

export type RemoveMemberMutationVariables = Exact<{
  memberId: string;
}>;


export type RemoveMemberMutation = { removeMember: { removedMemberId: string, revokedKeyIds: Array<string>, createdApiKeyIds: Array<string> } };

export type SessionQueryVariables = Exact<{ [key: string]: never; }>;


export type SessionQuery = { viewer: { kind: ActorKind, user: { id: string, name: string, email: string | null } | null, key:
      | { id: string, kind: KeyKind, name: string, expiresAt: string | null, grants: Array<{ module: string, role: Role }>, organization: { id: string, name: string, slug: string } }
      | { id: string, kind: KeyKind, name: string, expiresAt: string | null, grants: Array<{ module: string, role: Role }>, organization: { id: string, name: string, slug: string } }
     | null, organizations: Array<{ id: string, name: string, slug: string }> } };

export type SuborganizationsQueryVariables = Exact<{
  id: string;
}>;


export type SuborganizationsQuery = { organization: { suborganizations: Array<{ id: string, name: string, slug: string }> } | null };

export type OrganizationNameQueryVariables = Exact<{
  id: string;
}>;


export type OrganizationNameQuery = { organization: { id: string, name: string, slug: string } | null };

export type ProjectsOfQueryVariables = Exact<{
  organizationId: string;
}>;


export type ProjectsOfQuery = { organization: { projects: Array<{ id: string, name: string, slug: string }> } | null };

export type OwnPersonalAccessKeysQueryVariables = Exact<{ [key: string]: never; }>;


export type OwnPersonalAccessKeysQuery = { viewer: { personalAccessKeys: Array<{ id: string, kind: KeyKind, name: string, description: string | null, status: KeyStatus, createdAt: string, expiresAt: string | null, expiringSoon: boolean, warnBefore: Array<string>, metadata: Record<string, unknown>, revokedAt: string | null, revocationReason: RevocationReason | null, organization: { id: string, name: string, slug: string }, grants: Array<{ module: string, role: Role }>, secrets: Array<{ hint: string, state: SecretState, createdAt: string, validUntil: string | null, lastUsedAt: string | null }> }> } };

export type SessionFieldsFragment = { id: string, createdAt: string, lastUsedAt: string, expiresAt: string, ipAddress: string | null, userAgent: string | null, current: boolean };

export type SessionsQueryVariables = Exact<{ [key: string]: never; }>;


export type SessionsQuery = { viewer: { sessions: Array<{ id: string, createdAt: string, lastUsedAt: string, expiresAt: string, ipAddress: string | null, userAgent: string | null, current: boolean }> } };

export type EndSessionsMutationVariables = Exact<{
  input: EndSessionsInput;
}>;


export type EndSessionsMutation = { endSessions: { endedSessionIds: Array<string> } };

export type ExchangeKeyMutationVariables = Exact<{
  input: ExchangeKeyInput;
}>;


export type ExchangeKeyMutation = { exchangeKey: { accessToken: string, tokenType: string, expiresIn: number, scope: string } };

export type RevokeAccessTokenMutationVariables = Exact<{
  input: RevokeAccessTokenInput;
}>;


export type RevokeAccessTokenMutation = { revokeAccessToken: { accepted: boolean } };

export type AuditCheckpointQueryVariables = Exact<{
  organizationId: string;
}>;


export type AuditCheckpointQuery = { organization: { auditRetention: { base: { sequence: number, hash: string, signedAt: string, signature: string } | null } | null, auditCheckpoint: { sequence: number, hash: string, signedAt: string, signature: string } | null } | null };

export type RevocationsSubscriptionVariables = Exact<{
  organizationId: string;
  after?: number | null | undefined;
}>;


export type RevocationsSubscription = { revocations: { sequence: number, keyId: string, tokenId: string | null, revokedAt: string } };

export type RevocationRangeQueryVariables = Exact<{
  organizationId: string;
  after?: number | null | undefined;
}>;


export type RevocationRangeQuery = { organization: { revocationRange: { after: number, head: number } | null } | null };

export class TypedDocumentString<TResult, TVariables>
  extends String
  implements DocumentTypeDecoration<TResult, TVariables>
{
  __apiType?: NonNullable<DocumentTypeDecoration<TResult, TVariables>['__apiType']>;
  private value: string;
  public __meta__?: Record<string, any> | undefined;

  constructor(value: string, __meta__?: Record<string, any> | undefined) {
    super(value);
    this.value = value;
    this.__meta__ = __meta__;
  }

  override toString(): string & DocumentTypeDecoration<TResult, TVariables> {
    return this.value;
  }
}
export const PageInfoFieldsFragmentDoc = new TypedDocumentString(`
    fragment PageInfoFields on PageInfo {
  hasNextPage
  hasPreviousPage
  startCursor
  endCursor
}
    `, {"fragmentName":"PageInfoFields"}) as unknown as TypedDocumentString<PageInfoFieldsFragment, unknown>;
export const AuditEventFieldsFragmentDoc = new TypedDocumentString(`
    fragment AuditEventFields on AuditEvent {
  id
  sequence
  type
  occurredAt
  actor {
    kind
    id
    name
  }
  credentialId
  tokenId
  targetId
  targetName
  details
  requestId
  previousHash
  hash
}
    `, {"fragmentName":"AuditEventFields"}) as unknown as TypedDocumentString<AuditEventFieldsFragment, unknown>;
export const ExpiryWarningFieldsFragmentDoc = new TypedDocumentString(`
    fragment ExpiryWarningFields on ExpiryWarning {
  id
  sequence
  threshold
  expiresAt
  secondsLeft
  createdAt
  acknowledgedAt
  acknowledgedBy {
    kind
    id
    name
  }
  key {
    id
    kind
    name
  }
}
    `, {"fragmentName":"ExpiryWarningFields"}) as unknown as TypedDocumentString<ExpiryWarningFieldsFragment, unknown>;
export const KeyFieldsFragmentDoc = new TypedDocumentString(`
    fragment KeyFields on Key {
  id
  kind
  name
  description
  status
  grants {
    module
    role
  }
  createdAt
  expiresAt
  expiringSoon
  warnBefore
  metadata
  revokedAt
  revocationReason
  secrets {
    hint
    state
    createdAt
    validUntil
    lastUsedAt
  }
}
    `, {"fragmentName":"KeyFields"}) as unknown as TypedDocumentString<KeyFieldsFragment, unknown>;
export const NotificationRouteFieldsFragmentDoc = new TypedDocumentString(`
    fragment NotificationRouteFields on NotificationRoute {
  id
  name
  channel
  target
  types
  maximumThreshold
  enabled
  disabledReason
  position
  createdAt
}
    `, {"fragmentName":"NotificationRouteFields"}) as unknown as TypedDocumentString<NotificationRouteFieldsFragment, unknown>;
export const NotificationDeliveryFieldsFragmentDoc = new TypedDocumentString(`
    fragment NotificationDeliveryFields on NotificationDelivery {
  id
  status
  attempts
  createdAt
  lastAttemptAt
  nextAttemptAt
  deliveredAt
  responseStatus
  error
}
    `, {"fragmentName":"NotificationDeliveryFields"}) as unknown as TypedDocumentString<NotificationDeliveryFieldsFragment, unknown>;
export const KeyPolicyFieldsFragmentDoc = new TypedDocumentString(`
    fragment KeyPolicyFields on KeyPolicy {
  maximumLifetime
  defaultLifetime
  expiryRequired
  warnBefore
  maximumOverlap
  maximumActiveKeys
  accessTokenLifetime
  onRetiredSecretUse
  onLeak
  revokeUnusedAfter
  escalateWarnings
}
    `, {"fragmentName":"KeyPolicyFields"}) as unknown as TypedDocumentString<KeyPolicyFieldsFragment, unknown>;
export const SessionFieldsFragmentDoc = new TypedDocumentString(`
    fragment SessionFields on Session {
  id
  createdAt
  lastUsedAt
  expiresAt
  ipAddress
  userAgent
  current
}
    `, {"fragmentName":"SessionFields"}) as unknown as TypedDocumentString<SessionFieldsFragment, unknown>;
export const AuditEventsDocument = new TypedDocumentString(`
    query AuditEvents($organizationId: ID!, $filter: AuditEventFilter, $first: Int, $after: String, $last: Int, $before: String) {
  organization(id: $organizationId) {
    auditEvents(
      filter: $filter
      first: $first
      after: $after
      last: $last
      before: $before
    ) {
      edges {
        cursor
        node {
          ...AuditEventFields
        }
      }
      pageInfo {
        ...PageInfoFields
      }
    }
  }
}
    fragment PageInfoFields on PageInfo {
  hasNextPage
  hasPreviousPage
  startCursor
  endCursor
}
fragment AuditEventFields on AuditEvent {
  id
  sequence
  type
  occurredAt
  actor {
    kind
    id
    name
  }
  credentialId
  tokenId
  targetId
  targetName
  details
  requestId
  previousHash
  hash
}`) as unknown as TypedDocumentString<AuditEventsQuery, AuditEventsQueryVariables>;
export const AuditEventOriginsDocument = new TypedDocumentString(`
    query AuditEventOrigins($organizationId: ID!, $first: Int) {
  organization(id: $organizationId) {
    auditEvents(first: $first) {
      edges {
        node {
          sequence
          ipAddress
          userAgent
        }
      }
    }
  }
}
    `) as unknown as TypedDocumentString<AuditEventOriginsQuery, AuditEventOriginsQueryVariables>;
export const AuditChainDocument = new TypedDocumentString(`
    query AuditChain($organizationId: ID!, $last: Int, $before: String, $after: SafeInt) {
  organization(id: $organizationId) {
    auditEvents(last: $last, before: $before, filter: {afterSequence: $after}) {
      edges {
        node {
          ...AuditEventFields
          organizationId
          ipAddress
          userAgent
        }
      }
      pageInfo {
        ...PageInfoFields
      }
    }
  }
}
    fragment PageInfoFields on PageInfo {
  hasNextPage
  hasPreviousPage
  startCursor
  endCursor
}
fragment AuditEventFields on AuditEvent {
  id
  sequence
  type
  occurredAt
  actor {
    kind
    id
    name
  }
  credentialId
  tokenId
  targetId
  targetName
  details
  requestId
  previousHash
  hash
}`) as unknown as TypedDocumentString<AuditChainQuery, AuditChainQueryVariables>;
export const AuditHeadDocument = new TypedDocumentString(`
    query AuditHead($organizationId: ID!) {
  organization(id: $organizationId) {
    auditEvents(first: 1) {
      edges {
        node {
          sequence
        }
      }
    }
  }
}
    `) as unknown as TypedDocumentString<AuditHeadQuery, AuditHeadQueryVariables>;
export const AuditVerificationDocument = new TypedDocumentString(`
    query AuditVerification($organizationId: ID!) {
  organization(id: $organizationId) {
    auditVerification {
      intact
      baseSequence
      checkedEvents
      firstBrokenSequence
      headHash
    }
  }
}
    `) as unknown as TypedDocumentString<AuditVerificationQuery, AuditVerificationQueryVariables>;
export const AuditRetentionDocument = new TypedDocumentString(`
    query AuditRetention($organizationId: ID!) {
  organization(id: $organizationId) {
    auditRetention {
      keep
      state
      firstSequence
      base {
        sequence
        hash
        signedAt
        signature
      }
    }
  }
}
    `) as unknown as TypedDocumentString<AuditRetentionQuery, AuditRetentionQueryVariables>;
export const UpdateAuditRetentionDocument = new TypedDocumentString(`
    mutation UpdateAuditRetention($input: UpdateAuditRetentionInput!) {
  updateAuditRetention(input: $input) {
    organization {
      auditRetention {
        keep
        state
      }
    }
  }
}
    `) as unknown as TypedDocumentString<UpdateAuditRetentionMutation, UpdateAuditRetentionMutationVariables>;
export const ListExpiryWarningsDocument = new TypedDocumentString(`
    query ListExpiryWarnings($organizationId: ID!, $acknowledged: Boolean, $first: Int, $after: String, $last: Int, $before: String) {
  organization(id: $organizationId) {
    expiryWarnings(
      acknowledged: $acknowledged
      first: $first
      after: $after
      last: $last
      before: $before
    ) {
      edges {
        cursor
        node {
          ...ExpiryWarningFields
        }
      }
      pageInfo {
        ...PageInfoFields
      }
    }
  }
}
    fragment PageInfoFields on PageInfo {
  hasNextPage
  hasPreviousPage
  startCursor
  endCursor
}
fragment ExpiryWarningFields on ExpiryWarning {
  id
  sequence
  threshold
  expiresAt
  secondsLeft
  createdAt
  acknowledgedAt
  acknowledgedBy {
    kind
    id
    name
  }
  key {
    id
    kind
    name
  }
}`) as unknown as TypedDocumentString<ListExpiryWarningsQuery, ListExpiryWarningsQueryVariables>;
export const AcknowledgeExpiryWarningDocument = new TypedDocumentString(`
    mutation AcknowledgeExpiryWarning($id: ID!) {
  acknowledgeExpiryWarning(input: {id: $id}) {
    expiryWarning {
      ...ExpiryWarningFields
    }
  }
}
    fragment ExpiryWarningFields on ExpiryWarning {
  id
  sequence
  threshold
  expiresAt
  secondsLeft
  createdAt
  acknowledgedAt
  acknowledgedBy {
    kind
    id
    name
  }
  key {
    id
    kind
    name
  }
}`) as unknown as TypedDocumentString<AcknowledgeExpiryWarningMutation, AcknowledgeExpiryWarningMutationVariables>;
export const ExpiryWarningsDocument = new TypedDocumentString(`
    subscription ExpiryWarnings($organizationId: ID!, $after: SafeInt) {
  expiryWarnings(organizationId: $organizationId, after: $after) {
    ...ExpiryWarningFields
  }
}
    fragment ExpiryWarningFields on ExpiryWarning {
  id
  sequence
  threshold
  expiresAt
  secondsLeft
  createdAt
  acknowledgedAt
  acknowledgedBy {
    kind
    id
    name
  }
  key {
    id
    kind
    name
  }
}`) as unknown as TypedDocumentString<ExpiryWarningsSubscription, ExpiryWarningsSubscriptionVariables>;
export const ViewerDocument = new TypedDocumentString(`
    query Viewer {
  viewer {
    kind
    user {
      id
      name
      email
    }
    key {
      ...KeyFields
    }
    organizations {
      id
      name
      slug
    }
    personalAccessKeys {
      ...KeyFields
    }
  }
}
    fragment KeyFields on Key {
  id
  kind
  name
  description
  status
  grants {
    module
    role
  }
  createdAt
  expiresAt
  expiringSoon
  warnBefore
  metadata
  revokedAt
  revocationReason
  secrets {
    hint
    state
    createdAt
    validUntil
    lastUsedAt
  }
}`) as unknown as TypedDocumentString<ViewerQuery, ViewerQueryVariables>;
export const ViewerGrantsDocument = new TypedDocumentString(`
    query ViewerGrants($organizationId: ID!) {
  viewer {
    grants(organizationId: $organizationId) {
      module
      role
    }
  }
}
    `) as unknown as TypedDocumentString<ViewerGrantsQuery, ViewerGrantsQueryVariables>;
export const KeyByIdDocument = new TypedDocumentString(`
    query KeyById($id: ID!) {
  key(id: $id) {
    ...KeyFields
  }
}
    fragment KeyFields on Key {
  id
  kind
  name
  description
  status
  grants {
    module
    role
  }
  createdAt
  expiresAt
  expiringSoon
  warnBefore
  metadata
  revokedAt
  revocationReason
  secrets {
    hint
    state
    createdAt
    validUntil
    lastUsedAt
  }
}`) as unknown as TypedDocumentString<KeyByIdQuery, KeyByIdQueryVariables>;
export const KeyDetailsDocument = new TypedDocumentString(`
    query KeyDetails($id: ID!) {
  viewer {
    user {
      id
    }
  }
  key(id: $id) {
    ...KeyFields
    organization {
      id
      name
      slug
    }
    project {
      id
      name
      slug
    }
    ... on PersonalAccessKey {
      owner {
        id
        name
      }
    }
  }
}
    fragment KeyFields on Key {
  id
  kind
  name
  description
  status
  grants {
    module
    role
  }
  createdAt
  expiresAt
  expiringSoon
  warnBefore
  metadata
  revokedAt
  revocationReason
  secrets {
    hint
    state
    createdAt
    validUntil
    lastUsedAt
  }
}`) as unknown as TypedDocumentString<KeyDetailsQuery, KeyDetailsQueryVariables>;
export const KeyOriginsDocument = new TypedDocumentString(`
    query KeyOrigins($id: ID!, $usage: Boolean!, $addresses: Boolean!) {
  key(id: $id) {
    createdBy @include(if: $usage) {
      kind
      id
      name
    }
    lastUsedAt @include(if: $usage)
    lastUsedFrom @include(if: $addresses)
    allowedIps @include(if: $addresses)
  }
}
    `) as unknown as TypedDocumentString<KeyOriginsQuery, KeyOriginsQueryVariables>;
export const KeyUsageDocument = new TypedDocumentString(`
    query KeyUsage($id: ID!) {
  key(id: $id) {
    createdBy {
      kind
      id
      name
    }
    lastUsedAt
    lastUsedFrom
    allowedIps
    secrets {
      hint
      state
      lastUsedAt
    }
  }
}
    `) as unknown as TypedDocumentString<KeyUsageQuery, KeyUsageQueryVariables>;
export const KeyHistoryDocument = new TypedDocumentString(`
    query KeyHistory($id: ID!, $first: Int, $after: String) {
  key(id: $id) {
    history(first: $first, after: $after) {
      edges {
        cursor
        node {
          ...AuditEventFields
        }
      }
      pageInfo {
        ...PageInfoFields
      }
    }
  }
}
    fragment PageInfoFields on PageInfo {
  hasNextPage
  hasPreviousPage
  startCursor
  endCursor
}
fragment AuditEventFields on AuditEvent {
  id
  sequence
  type
  occurredAt
  actor {
    kind
    id
    name
  }
  credentialId
  tokenId
  targetId
  targetName
  details
  requestId
  previousHash
  hash
}`) as unknown as TypedDocumentString<KeyHistoryQuery, KeyHistoryQueryVariables>;
export const ApiKeysDocument = new TypedDocumentString(`
    query ApiKeys($organizationId: ID!, $filter: KeyFilter, $orderBy: KeyOrder, $first: Int, $after: String, $last: Int, $before: String) {
  organization(id: $organizationId) {
    apiKeys(
      filter: $filter
      orderBy: $orderBy
      first: $first
      after: $after
      last: $last
      before: $before
    ) {
      edges {
        cursor
        node {
          ...KeyFields
        }
      }
      pageInfo {
        ...PageInfoFields
      }
      totalCount
    }
  }
}
    fragment PageInfoFields on PageInfo {
  hasNextPage
  hasPreviousPage
  startCursor
  endCursor
}
fragment KeyFields on Key {
  id
  kind
  name
  description
  status
  grants {
    module
    role
  }
  createdAt
  expiresAt
  expiringSoon
  warnBefore
  metadata
  revokedAt
  revocationReason
  secrets {
    hint
    state
    createdAt
    validUntil
    lastUsedAt
  }
}`) as unknown as TypedDocumentString<ApiKeysQuery, ApiKeysQueryVariables>;
export const PersonalAccessKeysDocument = new TypedDocumentString(`
    query PersonalAccessKeys($organizationId: ID!, $filter: KeyFilter, $first: Int, $after: String) {
  organization(id: $organizationId) {
    personalAccessKeys(filter: $filter, first: $first, after: $after) {
      edges {
        node {
          ...KeyFields
          owner {
            id
            name
          }
        }
      }
      totalCount
    }
  }
}
    fragment KeyFields on Key {
  id
  kind
  name
  description
  status
  grants {
    module
    role
  }
  createdAt
  expiresAt
  expiringSoon
  warnBefore
  metadata
  revokedAt
  revocationReason
  secrets {
    hint
    state
    createdAt
    validUntil
    lastUsedAt
  }
}`) as unknown as TypedDocumentString<PersonalAccessKeysQuery, PersonalAccessKeysQueryVariables>;
export const CreateApiKeyDocument = new TypedDocumentString(`
    mutation CreateApiKey($input: CreateApiKeyInput!) {
  createApiKey(input: $input) {
    secret
    apiKey {
      ...KeyFields
    }
  }
}
    fragment KeyFields on Key {
  id
  kind
  name
  description
  status
  grants {
    module
    role
  }
  createdAt
  expiresAt
  expiringSoon
  warnBefore
  metadata
  revokedAt
  revocationReason
  secrets {
    hint
    state
    createdAt
    validUntil
    lastUsedAt
  }
}`) as unknown as TypedDocumentString<CreateApiKeyMutation, CreateApiKeyMutationVariables>;
export const CreatePersonalAccessKeyDocument = new TypedDocumentString(`
    mutation CreatePersonalAccessKey($input: CreatePersonalAccessKeyInput!) {
  createPersonalAccessKey(input: $input) {
    secret
    personalAccessKey {
      ...KeyFields
    }
  }
}
    fragment KeyFields on Key {
  id
  kind
  name
  description
  status
  grants {
    module
    role
  }
  createdAt
  expiresAt
  expiringSoon
  warnBefore
  metadata
  revokedAt
  revocationReason
  secrets {
    hint
    state
    createdAt
    validUntil
    lastUsedAt
  }
}`) as unknown as TypedDocumentString<CreatePersonalAccessKeyMutation, CreatePersonalAccessKeyMutationVariables>;
export const UpdateKeyDocument = new TypedDocumentString(`
    mutation UpdateKey($input: UpdateKeyInput!) {
  updateKey(input: $input) {
    key {
      ...KeyFields
    }
  }
}
    fragment KeyFields on Key {
  id
  kind
  name
  description
  status
  grants {
    module
    role
  }
  createdAt
  expiresAt
  expiringSoon
  warnBefore
  metadata
  revokedAt
  revocationReason
  secrets {
    hint
    state
    createdAt
    validUntil
    lastUsedAt
  }
}`) as unknown as TypedDocumentString<UpdateKeyMutation, UpdateKeyMutationVariables>;
export const RotateKeyDocument = new TypedDocumentString(`
    mutation RotateKey($input: RotateKeyInput!) {
  rotateKey(input: $input) {
    secret
    previousSecretValidUntil
    key {
      ...KeyFields
    }
  }
}
    fragment KeyFields on Key {
  id
  kind
  name
  description
  status
  grants {
    module
    role
  }
  createdAt
  expiresAt
  expiringSoon
  warnBefore
  metadata
  revokedAt
  revocationReason
  secrets {
    hint
    state
    createdAt
    validUntil
    lastUsedAt
  }
}`) as unknown as TypedDocumentString<RotateKeyMutation, RotateKeyMutationVariables>;
export const CompleteRotationDocument = new TypedDocumentString(`
    mutation CompleteRotation($id: ID!) {
  completeRotation(input: {id: $id}) {
    key {
      ...KeyFields
    }
  }
}
    fragment KeyFields on Key {
  id
  kind
  name
  description
  status
  grants {
    module
    role
  }
  createdAt
  expiresAt
  expiringSoon
  warnBefore
  metadata
  revokedAt
  revocationReason
  secrets {
    hint
    state
    createdAt
    validUntil
    lastUsedAt
  }
}`) as unknown as TypedDocumentString<CompleteRotationMutation, CompleteRotationMutationVariables>;
export const CancelRotationDocument = new TypedDocumentString(`
    mutation CancelRotation($id: ID!) {
  cancelRotation(input: {id: $id}) {
    key {
      ...KeyFields
    }
  }
}
    fragment KeyFields on Key {
  id
  kind
  name
  description
  status
  grants {
    module
    role
  }
  createdAt
  expiresAt
  expiringSoon
  warnBefore
  metadata
  revokedAt
  revocationReason
  secrets {
    hint
    state
    createdAt
    validUntil
    lastUsedAt
  }
}`) as unknown as TypedDocumentString<CancelRotationMutation, CancelRotationMutationVariables>;
export const SuspendKeyDocument = new TypedDocumentString(`
    mutation SuspendKey($id: ID!) {
  suspendKey(input: {id: $id}) {
    key {
      ...KeyFields
    }
  }
}
    fragment KeyFields on Key {
  id
  kind
  name
  description
  status
  grants {
    module
    role
  }
  createdAt
  expiresAt
  expiringSoon
  warnBefore
  metadata
  revokedAt
  revocationReason
  secrets {
    hint
    state
    createdAt
    validUntil
    lastUsedAt
  }
}`) as unknown as TypedDocumentString<SuspendKeyMutation, SuspendKeyMutationVariables>;
export const ResumeKeyDocument = new TypedDocumentString(`
    mutation ResumeKey($id: ID!) {
  resumeKey(input: {id: $id}) {
    key {
      ...KeyFields
    }
  }
}
    fragment KeyFields on Key {
  id
  kind
  name
  description
  status
  grants {
    module
    role
  }
  createdAt
  expiresAt
  expiringSoon
  warnBefore
  metadata
  revokedAt
  revocationReason
  secrets {
    hint
    state
    createdAt
    validUntil
    lastUsedAt
  }
}`) as unknown as TypedDocumentString<ResumeKeyMutation, ResumeKeyMutationVariables>;
export const RevokeKeyDocument = new TypedDocumentString(`
    mutation RevokeKey($input: RevokeKeyInput!) {
  revokeKey(input: $input) {
    key {
      ...KeyFields
    }
    revokedKeyIds
  }
}
    fragment KeyFields on Key {
  id
  kind
  name
  description
  status
  grants {
    module
    role
  }
  createdAt
  expiresAt
  expiringSoon
  warnBefore
  metadata
  revokedAt
  revocationReason
  secrets {
    hint
    state
    createdAt
    validUntil
    lastUsedAt
  }
}`) as unknown as TypedDocumentString<RevokeKeyMutation, RevokeKeyMutationVariables>;
export const RevokeKeysDocument = new TypedDocumentString(`
    mutation RevokeKeys($input: RevokeKeysInput!) {
  revokeKeys(input: $input) {
    revokedCount
  }
}
    `) as unknown as TypedDocumentString<RevokeKeysMutation, RevokeKeysMutationVariables>;
export const RevokeSecretDocument = new TypedDocumentString(`
    mutation RevokeSecret($input: RevokeSecretInput!) {
  revokeSecret(input: $input) {
    accepted
  }
}
    `) as unknown as TypedDocumentString<RevokeSecretMutation, RevokeSecretMutationVariables>;
export const KeyEventsDocument = new TypedDocumentString(`
    subscription KeyEvents($organizationId: ID!, $keyId: ID, $types: [AuditEventType!], $after: SafeInt) {
  keyEvents(
    organizationId: $organizationId
    keyId: $keyId
    types: $types
    after: $after
  ) {
    ...AuditEventFields
  }
}
    fragment AuditEventFields on AuditEvent {
  id
  sequence
  type
  occurredAt
  actor {
    kind
    id
    name
  }
  credentialId
  tokenId
  targetId
  targetName
  details
  requestId
  previousHash
  hash
}`) as unknown as TypedDocumentString<KeyEventsSubscription, KeyEventsSubscriptionVariables>;
export const ListNotificationRoutesDocument = new TypedDocumentString(`
    query ListNotificationRoutes($organizationId: ID!) {
  organization(id: $organizationId) {
    notificationRoutes {
      ...NotificationRouteFields
    }
  }
}
    fragment NotificationRouteFields on NotificationRoute {
  id
  name
  channel
  target
  types
  maximumThreshold
  enabled
  disabledReason
  position
  createdAt
}`) as unknown as TypedDocumentString<ListNotificationRoutesQuery, ListNotificationRoutesQueryVariables>;
export const ListNotificationDeliveriesDocument = new TypedDocumentString(`
    query ListNotificationDeliveries($routeId: ID!, $status: DeliveryStatus, $first: Int, $after: String) {
  node(id: $routeId) {
    ... on NotificationRoute {
      deliveries(status: $status, first: $first, after: $after) {
        edges {
          node {
            ...NotificationDeliveryFields
          }
        }
        pageInfo {
          hasNextPage
          endCursor
        }
      }
    }
  }
}
    fragment NotificationDeliveryFields on NotificationDelivery {
  id
  status
  attempts
  createdAt
  lastAttemptAt
  nextAttemptAt
  deliveredAt
  responseStatus
  error
}`) as unknown as TypedDocumentString<ListNotificationDeliveriesQuery, ListNotificationDeliveriesQueryVariables>;
export const CreateNotificationRouteDocument = new TypedDocumentString(`
    mutation CreateNotificationRoute($input: CreateNotificationRouteInput!) {
  createNotificationRoute(input: $input) {
    route {
      ...NotificationRouteFields
    }
    signingSecret
  }
}
    fragment NotificationRouteFields on NotificationRoute {
  id
  name
  channel
  target
  types
  maximumThreshold
  enabled
  disabledReason
  position
  createdAt
}`) as unknown as TypedDocumentString<CreateNotificationRouteMutation, CreateNotificationRouteMutationVariables>;
export const UpdateNotificationRouteDocument = new TypedDocumentString(`
    mutation UpdateNotificationRoute($input: UpdateNotificationRouteInput!) {
  updateNotificationRoute(input: $input) {
    route {
      ...NotificationRouteFields
    }
    signingSecret
  }
}
    fragment NotificationRouteFields on NotificationRoute {
  id
  name
  channel
  target
  types
  maximumThreshold
  enabled
  disabledReason
  position
  createdAt
}`) as unknown as TypedDocumentString<UpdateNotificationRouteMutation, UpdateNotificationRouteMutationVariables>;
export const DeleteNotificationRouteDocument = new TypedDocumentString(`
    mutation DeleteNotificationRoute($input: DeleteNotificationRouteInput!) {
  deleteNotificationRoute(input: $input) {
    deletedRouteId
  }
}
    `) as unknown as TypedDocumentString<DeleteNotificationRouteMutation, DeleteNotificationRouteMutationVariables>;
export const SendTestNotificationDocument = new TypedDocumentString(`
    mutation SendTestNotification($input: SendTestNotificationInput!) {
  sendTestNotification(input: $input) {
    delivery {
      ...NotificationDeliveryFields
    }
  }
}
    fragment NotificationDeliveryFields on NotificationDelivery {
  id
  status
  attempts
  createdAt
  lastAttemptAt
  nextAttemptAt
  deliveredAt
  responseStatus
  error
}`) as unknown as TypedDocumentString<SendTestNotificationMutation, SendTestNotificationMutationVariables>;
export const RedeliverNotificationsDocument = new TypedDocumentString(`
    mutation RedeliverNotifications($input: RedeliverNotificationsInput!) {
  redeliverNotifications(input: $input) {
    route {
      ...NotificationRouteFields
    }
  }
}
    fragment NotificationRouteFields on NotificationRoute {
  id
  name
  channel
  target
  types
  maximumThreshold
  enabled
  disabledReason
  position
  createdAt
}`) as unknown as TypedDocumentString<RedeliverNotificationsMutation, RedeliverNotificationsMutationVariables>;
export const OrganizationByIdDocument = new TypedDocumentString(`
    query OrganizationById($id: ID!) {
  organization(id: $id) {
    id
    name
    slug
    parent {
      id
    }
    suborganizations {
      id
      name
    }
    projects {
      id
      name
      slug
    }
    modules {
      id
      name
      description
      builtIn
    }
    policy {
      ...KeyPolicyFields
    }
  }
}
    fragment KeyPolicyFields on KeyPolicy {
  maximumLifetime
  defaultLifetime
  expiryRequired
  warnBefore
  maximumOverlap
  maximumActiveKeys
  accessTokenLifetime
  onRetiredSecretUse
  onLeak
  revokeUnusedAfter
  escalateWarnings
}`) as unknown as TypedDocumentString<OrganizationByIdQuery, OrganizationByIdQueryVariables>;
export const MembersDocument = new TypedDocumentString(`
    query Members($organizationId: ID!, $first: Int, $after: String, $last: Int, $before: String) {
  organization(id: $organizationId) {
    members(first: $first, after: $after, last: $last, before: $before) {
      edges {
        cursor
        node {
          id
          inherited
          joinedAt
          grants {
            module
            role
          }
          user {
            id
            name
            email
          }
          organization {
            id
          }
        }
      }
      pageInfo {
        ...PageInfoFields
      }
    }
  }
}
    fragment PageInfoFields on PageInfo {
  hasNextPage
  hasPreviousPage
  startCursor
  endCursor
}`) as unknown as TypedDocumentString<MembersQuery, MembersQueryVariables>;
export const CreateOrganizationDocument = new TypedDocumentString(`
    mutation CreateOrganization($input: CreateOrganizationInput!) {
  createOrganization(input: $input) {
    organization {
      id
      name
      slug
      parent {
        id
      }
    }
  }
}
    `) as unknown as TypedDocumentString<CreateOrganizationMutation, CreateOrganizationMutationVariables>;
export const PolicyPreviewDocument = new TypedDocumentString(`
    query PolicyPreview($organizationId: ID!, $policy: KeyPolicyInput!) {
  organization(id: $organizationId) {
    policyPreview(policy: $policy) {
      policy {
        ...KeyPolicyFields
      }
      nonConformingKeys
      nonConformingKeyIds
    }
  }
}
    fragment KeyPolicyFields on KeyPolicy {
  maximumLifetime
  defaultLifetime
  expiryRequired
  warnBefore
  maximumOverlap
  maximumActiveKeys
  accessTokenLifetime
  onRetiredSecretUse
  onLeak
  revokeUnusedAfter
  escalateWarnings
}`) as unknown as TypedDocumentString<PolicyPreviewQuery, PolicyPreviewQueryVariables>;
export const UpdateKeyPolicyDocument = new TypedDocumentString(`
    mutation UpdateKeyPolicy($input: UpdateKeyPolicyInput!) {
  updateKeyPolicy(input: $input) {
    organization {
      id
      policy {
        ...KeyPolicyFields
      }
    }
  }
}
    fragment KeyPolicyFields on KeyPolicy {
  maximumLifetime
  defaultLifetime
  expiryRequired
  warnBefore
  maximumOverlap
  maximumActiveKeys
  accessTokenLifetime
  onRetiredSecretUse
  onLeak
  revokeUnusedAfter
  escalateWarnings
}`) as unknown as TypedDocumentString<UpdateKeyPolicyMutation, UpdateKeyPolicyMutationVariables>;
export const DefineModuleDocument = new TypedDocumentString(`
    mutation DefineModule($input: DefineModuleInput!) {
  defineModule(input: $input) {
    module {
      id
      name
      description
      builtIn
    }
  }
}
    `) as unknown as TypedDocumentString<DefineModuleMutation, DefineModuleMutationVariables>;
export const CreateProjectDocument = new TypedDocumentString(`
    mutation CreateProject($input: CreateProjectInput!) {
  createProject(input: $input) {
    project {
      id
      name
      slug
      organization {
        id
      }
    }
  }
}
    `) as unknown as TypedDocumentString<CreateProjectMutation, CreateProjectMutationVariables>;
export const InviteMemberDocument = new TypedDocumentString(`
    mutation InviteMember($input: InviteMemberInput!) {
  inviteMember(input: $input) {
    invitationToken
    expiresAt
    invitation {
      id
      email
    }
  }
}
    `) as unknown as TypedDocumentString<InviteMemberMutation, InviteMemberMutationVariables>;
export const RevokeInvitationDocument = new TypedDocumentString(`
    mutation RevokeInvitation($id: ID!) {
  revokeInvitation(input: {id: $id}) {
    revokedInvitationId
  }
}
    `) as unknown as TypedDocumentString<RevokeInvitationMutation, RevokeInvitationMutationVariables>;
export const AcceptInvitationDocument = new TypedDocumentString(`
    mutation AcceptInvitation($input: AcceptInvitationInput!) {
  acceptInvitation(input: $input) {
    secret
    user {
      id
      name
    }
    personalAccessKey {
      ...KeyFields
    }
  }
}
    fragment KeyFields on Key {
  id
  kind
  name
  description
  status
  grants {
    module
    role
  }
  createdAt
  expiresAt
  expiringSoon
  warnBefore
  metadata
  revokedAt
  revocationReason
  secrets {
    hint
    state
    createdAt
    validUntil
    lastUsedAt
  }
}`) as unknown as TypedDocumentString<AcceptInvitationMutation, AcceptInvitationMutationVariables>;
export const UpdateMemberDocument = new TypedDocumentString(`
    mutation UpdateMember($input: UpdateMemberInput!) {
  updateMember(input: $input) {
    member {
      id
      grants {
        module
        role
      }
    }
  }
}
    `) as unknown as TypedDocumentString<UpdateMemberMutation, UpdateMemberMutationVariables>;
export const RemoveMemberDocument = new TypedDocumentString(`
    mutation RemoveMember($memberId: ID!) {
  removeMember(input: {memberId: $memberId}) {
    removedMemberId
    revokedKeyIds
    createdApiKeyIds
  }
}
    `) as unknown as TypedDocumentString<RemoveMemberMutation, RemoveMemberMutationVariables>;
export const SessionDocument = new TypedDocumentString(`
    query Session {
  viewer {
    kind
    user {
      id
      name
      email
    }
    key {
      id
      kind
      name
      expiresAt
      grants {
        module
        role
      }
      organization {
        id
        name
        slug
      }
    }
    organizations {
      id
      name
      slug
    }
  }
}
    `) as unknown as TypedDocumentString<SessionQuery, SessionQueryVariables>;
export const SuborganizationsDocument = new TypedDocumentString(`
    query Suborganizations($id: ID!) {
  organization(id: $id) {
    suborganizations {
      id
      name
      slug
    }
  }
}
    `) as unknown as TypedDocumentString<SuborganizationsQuery, SuborganizationsQueryVariables>;
export const OrganizationNameDocument = new TypedDocumentString(`
    query OrganizationName($id: ID!) {
  organization(id: $id) {
    id
    name
    slug
  }
}
    `) as unknown as TypedDocumentString<OrganizationNameQuery, OrganizationNameQueryVariables>;
export const ProjectsOfDocument = new TypedDocumentString(`
    query ProjectsOf($organizationId: ID!) {
  organization(id: $organizationId) {
    projects {
      id
      name
      slug
    }
  }
}
    `) as unknown as TypedDocumentString<ProjectsOfQuery, ProjectsOfQueryVariables>;
export const OwnPersonalAccessKeysDocument = new TypedDocumentString(`
    query OwnPersonalAccessKeys {
  viewer {
    personalAccessKeys {
      ...KeyFields
      organization {
        id
        name
        slug
      }
    }
  }
}
    fragment KeyFields on Key {
  id
  kind
  name
  description
  status
  grants {
    module
    role
  }
  createdAt
  expiresAt
  expiringSoon
  warnBefore
  metadata
  revokedAt
  revocationReason
  secrets {
    hint
    state
    createdAt
    validUntil
    lastUsedAt
  }
}`) as unknown as TypedDocumentString<OwnPersonalAccessKeysQuery, OwnPersonalAccessKeysQueryVariables>;
export const SessionsDocument = new TypedDocumentString(`
    query Sessions {
  viewer {
    sessions {
      ...SessionFields
    }
  }
}
    fragment SessionFields on Session {
  id
  createdAt
  lastUsedAt
  expiresAt
  ipAddress
  userAgent
  current
}`) as unknown as TypedDocumentString<SessionsQuery, SessionsQueryVariables>;
export const EndSessionsDocument = new TypedDocumentString(`
    mutation EndSessions($input: EndSessionsInput!) {
  endSessions(input: $input) {
    endedSessionIds
  }
}
    `) as unknown as TypedDocumentString<EndSessionsMutation, EndSessionsMutationVariables>;
export const ExchangeKeyDocument = new TypedDocumentString(`
    mutation ExchangeKey($input: ExchangeKeyInput!) {
  exchangeKey(input: $input) {
    accessToken
    tokenType
    expiresIn
    scope
  }
}
    `) as unknown as TypedDocumentString<ExchangeKeyMutation, ExchangeKeyMutationVariables>;
export const RevokeAccessTokenDocument = new TypedDocumentString(`
    mutation RevokeAccessToken($input: RevokeAccessTokenInput!) {
  revokeAccessToken(input: $input) {
    accepted
  }
}
    `) as unknown as TypedDocumentString<RevokeAccessTokenMutation, RevokeAccessTokenMutationVariables>;
export const AuditCheckpointDocument = new TypedDocumentString(`
    query AuditCheckpoint($organizationId: ID!) {
  organization(id: $organizationId) {
    auditRetention {
      base {
        sequence
        hash
        signedAt
        signature
      }
    }
    auditCheckpoint {
      sequence
      hash
      signedAt
      signature
    }
  }
}
    `) as unknown as TypedDocumentString<AuditCheckpointQuery, AuditCheckpointQueryVariables>;
export const RevocationsDocument = new TypedDocumentString(`
    subscription Revocations($organizationId: ID!, $after: SafeInt) {
  revocations(organizationId: $organizationId, after: $after) {
    sequence
    keyId
    tokenId
    revokedAt
  }
}
    `) as unknown as TypedDocumentString<RevocationsSubscription, RevocationsSubscriptionVariables>;
export const RevocationRangeDocument = new TypedDocumentString(`
    query RevocationRange($organizationId: ID!, $after: SafeInt) {
  organization(id: $organizationId) {
    revocationRange(after: $after) {
      after
      head
    }
  }
}
    `) as unknown as TypedDocumentString<RevocationRangeQuery, RevocationRangeQueryVariables>;