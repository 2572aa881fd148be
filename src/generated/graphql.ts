/* eslint-disable */
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
/** An invitation token and the name of the new member. */
export type AcceptInvitationInput = {
  /** The complete invitation token, which starts with `kt_inv_`. */
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
  /** Events stay longer than they should: a notification route, which may be disabled, has not sent them yet. Enable or delete the route. */
  | 'HELD_BACK'
  /** Nothing is deleted, because the server is configured without a directory for archives (`KEYTURN_AUDIT_ARCHIVE_DIR`). */
  | 'NO_ARCHIVE'
  /** Events are kept permanently. */
  | 'OFF';

/** A new API key. Set at most one of `expiresAt`, `expiresIn` and `neverExpires`. Default: the default lifetime of the policy. */
export type CreateApiKeyInput = {
  /** CIDR ranges that the key may be used from, at most 100; a request from another address fails with UNAUTHENTICATED. They must lie within the ranges of the key that the caller uses. Default: those ranges. */
  allowedIps?: Array<string> | null | undefined;
  /** Description, at most 1,000 characters. */
  description?: string | null | undefined;
  /** When the key expires. Must be in the future. */
  expiresAt?: string | null | undefined;
  /** Lifetime of the key, such as `P90D`. */
  expiresIn?: string | null | undefined;
  /** Grants of the key, at most 100. The caller must hold each of them. */
  grants: Array<GrantInput>;
  /** Custom metadata, at most 8 KiB as JSON and 32 levels deep. */
  metadata?: Record<string, unknown> | null | undefined;
  /** Display name, 1 to 100 characters, unique among the active API keys of the organization. */
  name: string;
  /** True for a key that never expires, if the policy allows it. Default: false. */
  neverExpires?: boolean | null | undefined;
  /** Id of the organization that the key belongs to. */
  organizationId: string;
  /** Id of the project that owns the key. Omit it for a key of the organization. */
  projectId?: string | null | undefined;
  /** How long before the expiry to warn: at most 10 durations, each shorter than the lifetime. An empty list disables warnings. Default: the thresholds of the policy that are at most half of the lifetime. */
  warnBefore?: Array<string> | null | undefined;
};

/** A new notification route. It sends only events that are written after its creation. */
export type CreateNotificationRouteInput = {
  /** Sends only expiry warnings with at most this threshold. Default: all warnings. */
  maximumThreshold?: string | null | undefined;
  /** Display name, 1 to 100 characters. */
  name: string;
  /** Id of the organization whose events the route sends. */
  organizationId: string;
  /** Sends only events about keys of this project. Default: events about all keys. */
  projectId?: string | null | undefined;
  /** The destination. */
  target: NotificationTargetInput;
  /** The event types that the route sends. Default: `KEY_EXPIRY_WARNING`, `KEY_EXPIRED`, `KEY_LEAKED` and `RETIRED_SECRET_USED`. Types that are not about keys also require `audit:viewer`. */
  types?: Array<AuditEventType> | null | undefined;
};

/** A new organization. */
export type CreateOrganizationInput = {
  /** Display name, 1 to 100 characters. */
  name: string;
  /** Id of the parent organization. Omit it to create a root organization. */
  parentId?: string | null | undefined;
  /** Short name: 1 to 100 characters of a-z, 0-9 and inner hyphens, unique among the children of the parent. Default: derived from the name. */
  slug?: string | null | undefined;
};

/** A new personal access key of the caller. Set at most one of `expiresAt`, `expiresIn` and `neverExpires`. Default: the default lifetime of the policy. */
export type CreatePersonalAccessKeyInput = {
  /** CIDR ranges that the key may be used from, at most 100; a request from another address fails with UNAUTHENTICATED. They must lie within the ranges of the key that the caller uses. Default: those ranges. */
  allowedIps?: Array<string> | null | undefined;
  /** Description, at most 1,000 characters. */
  description?: string | null | undefined;
  /** When the key expires. Must be in the future. */
  expiresAt?: string | null | undefined;
  /** Lifetime of the key, such as `P90D`. */
  expiresIn?: string | null | undefined;
  /** Grants of the key, at most 100: a subset of those of the caller. Default: all grants of the caller, as they change. */
  grants?: Array<GrantInput> | null | undefined;
  /** Custom metadata, at most 8 KiB as JSON and 32 levels deep. */
  metadata?: Record<string, unknown> | null | undefined;
  /** Display name, 1 to 100 characters, unique among the active keys of the caller in the organization. */
  name: string;
  /** True for a key that never expires, if the policy allows it. Default: false. */
  neverExpires?: boolean | null | undefined;
  /** Id of an organization that the caller belongs to. The key is valid in it and in its descendants. */
  organizationId: string;
  /** How long before the expiry to warn: at most 10 durations, each shorter than the lifetime. An empty list disables warnings. Default: the thresholds of the policy that are at most half of the lifetime. */
  warnBefore?: Array<string> | null | undefined;
};

/** A new project. */
export type CreateProjectInput = {
  /** Display name, 1 to 100 characters. */
  name: string;
  /** Id of the organization that the project belongs to. */
  organizationId: string;
  /** Short name: 1 to 100 characters of a-z, 0-9 and inner hyphens, unique in the organization. Default: derived from the name. */
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
  /** The receiver accepted the delivery. */
  | 'DELIVERED'
  /** The last attempt failed, or there was no recipient. */
  | 'FAILED'
  /** An attempt is running or due, or an earlier delivery about the same key is pending. */
  | 'PENDING';

/** Recipients of e-mail. Set at least one field. */
export type EmailTargetInput = {
  /** E-mail addresses, at most 50. */
  addresses?: Array<string> | null | undefined;
  /** Whether to notify the members with `keys:manager`. Default: false. */
  keyManagers?: boolean | null | undefined;
  /** Whether to notify the owner of the personal access key that an event is about. Default: false. */
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
  /** Grants of the new member, at most 100. The caller must hold each of them. */
  grants: Array<GrantInput>;
  /** Id of the organization. */
  organizationId: string;
};

/** Filter for keys. A key must match every field that is set; an omitted field does not filter. */
export type KeyFilter = {
  /** True: only keys whose lifetime the current policy allows. False: only the others. */
  conformsToPolicy?: boolean | null | undefined;
  /** Only keys created after this time. */
  createdAfter?: string | null | undefined;
  /** Only keys created before this time. */
  createdBefore?: string | null | undefined;
  /** Only keys that this user or API key created. */
  createdById?: string | null | undefined;
  /** Only keys that expire, or expired, before this time. */
  expiringBefore?: string | null | undefined;
  /** Only keys with these ids; at most 100. Ids of keys outside the list are ignored. */
  ids?: Array<string> | null | undefined;
  /** Include the keys of sub-organizations. Default: false. */
  includeSuborganizations?: boolean | null | undefined;
  /** Only keys with a role in this module, by name or by `*`. */
  module?: string | null | undefined;
  /** True: only keys that never expire. False: only keys that do. */
  neverExpires?: boolean | null | undefined;
  /** Only keys that this project owns. */
  projectId?: string | null | undefined;
  /** Only keys with at least this role in `module`, or in any module if `module` is not set. */
  role?: Role | null | undefined;
  /** Part of the name, the description or the hint of a secret, case-insensitive; or a complete id. At most 200 characters. */
  search?: string | null | undefined;
  /** Only keys with one of these statuses; at most 100. */
  status?: Array<KeyStatus> | null | undefined;
  /** Only keys whose last use, or creation if they were never used, was before this time. */
  unusedSince?: string | null | undefined;
};

/** Kind of a key. */
export type KeyKind =
  /** Owned by an organization or one of its projects, for machines. */
  | 'API_KEY'
  /** Owned by a member, for people and their tools. */
  | 'PERSONAL_ACCESS_KEY';

/** Sort order of a list of keys. */
export type KeyOrder = {
  /** Sort direction. */
  direction: OrderDirection;
  /** Field to sort by. */
  field: KeyOrderField;
};

/** Field to sort keys by. */
export type KeyOrderField =
  /** Time of creation. */
  | 'CREATED_AT'
  /** Time of expiry. Keys that never expire are last in ascending order. */
  | 'EXPIRES_AT'
  /** Time of the last use. Keys that were never used are first in ascending order. */
  | 'LAST_USED_AT'
  /** Name, in Unicode code point order. */
  | 'NAME';

/** Changes of a key policy. An omitted field keeps its value. In a root organization, null removes a limit; in a sub-organization, it inherits the value. */
export type KeyPolicyInput = {
  /** Lifetime of access tokens, at most `P1D`. */
  accessTokenLifetime?: string | null | undefined;
  /** Lifetime of a key that is created without an expiry. */
  defaultLifetime?: string | null | undefined;
  /** Whether owners receive an e-mail about an expiry warning if an earlier one was not acknowledged. */
  escalateWarnings?: boolean | null | undefined;
  /** Whether every key must expire. */
  expiryRequired?: boolean | null | undefined;
  /** Largest number of active keys of the organization and its sub-organizations together, 1 to 1,000,000. */
  maximumActiveKeys?: number | null | undefined;
  /** Longest lifetime that a key can have. */
  maximumLifetime?: string | null | undefined;
  /** Longest overlap of a rotation, during which both secrets are valid. */
  maximumOverlap?: string | null | undefined;
  /** Response to a secret that is reported as leaked. */
  onLeak?: SecretMisuseResponse | null | undefined;
  /** Response to the use of a retired secret. */
  onRetiredSecretUse?: SecretMisuseResponse | null | undefined;
  /** Time without use after which a key is revoked. */
  revokeUnusedAfter?: string | null | undefined;
  /** How long before the expiry of a key to warn: at most 10 durations. */
  warnBefore?: Array<string> | null | undefined;
};

/** Status of a key. */
export type KeyStatus =
  /** The key can be used. */
  | 'ACTIVE'
  /** The key has expired. Rotate it to make it active again. */
  | 'EXPIRED'
  /** The key is revoked permanently. */
  | 'REVOKED'
  /** The key is suspended and can be resumed. */
  | 'SUSPENDED';

/** Channel of a notification route. */
export type NotificationChannel =
  /** E-mail through the SMTP server that the server is configured with. */
  | 'EMAIL'
  /** Incidents through PagerDuty's Events API v2, one for each key. */
  | 'PAGERDUTY'
  /** Messages through an incoming webhook of Slack. */
  | 'SLACK'
  /** HTTP requests, signed as in Standard Webhooks 1.0. */
  | 'WEBHOOK';

/** Destination of a route. Set exactly one field. */
export type NotificationTargetInput = {
  /** E-mail. Requires that the server is configured with an SMTP server. */
  email?: EmailTargetInput | null | undefined;
  /** Incidents in PagerDuty. */
  pagerDuty?: PagerDutyTargetInput | null | undefined;
  /** Messages in Slack. */
  slack?: SlackTargetInput | null | undefined;
  /** Signed HTTP requests to an endpoint. */
  webhook?: WebhookTargetInput | null | undefined;
};

/** Sort direction. */
export type OrderDirection =
  /** Ascending: smallest or earliest first. */
  | 'ASC'
  /** Descending: largest or latest first. */
  | 'DESC';

/** A PagerDuty service. */
export type PagerDutyTargetInput = {
  /** Integration key of an Events API v2 integration. */
  routingKey: string;
  /** URL of the endpoint, for other service regions. Default: PagerDuty's Events API v2. */
  url?: string | null | undefined;
};

/** The events to send again. */
export type RedeliverNotificationsInput = {
  /** Sends every event of the route with a greater sequence again; 0 for all that the audit log has. */
  afterSequence: number;
  /** Id of the route. */
  routeId: string;
};

/** Why a key was revoked. */
export type RevocationReason =
  /** The secret may be known to someone unauthorized. */
  | 'COMPROMISED'
  /** The key is no longer in use. */
  | 'NO_LONGER_NEEDED'
  /** The owner of the key is no longer a member. */
  | 'OWNER_LEFT'
  /** The key policy required it. */
  | 'POLICY'
  /** Another key replaced it. */
  | 'SUPERSEDED'
  /** No reason was given. */
  | 'UNSPECIFIED';

/** An access token to revoke. */
export type RevokeAccessTokenInput = {
  /** The complete access token. */
  token: string;
};

/** The key to revoke. */
export type RevokeKeyInput = {
  /** Whether to revoke all its descendants as well: the keys that were created with it, and with those. At most 10,000 keys, all or none. Requires the right to revoke each of them. Default: false. */
  descendants?: boolean | null | undefined;
  /** Id of the key. */
  id: string;
  /** Note for the audit log, at most 1,000 characters. */
  note?: string | null | undefined;
  /** Why the key is revoked. Default: `UNSPECIFIED`. */
  reason?: RevocationReason | null | undefined;
};

/** The keys to revoke. */
export type RevokeKeysInput = {
  /** Number of keys that the caller expects to revoke. If the filter selects another number, nothing is revoked and the mutation fails with CONFLICT. */
  expectedCount: number;
  /** Selects the keys to revoke, at most 10,000. Keys that are already revoked are ignored. */
  filter: KeyFilter;
  /** Revokes only keys of this kind. Default: both kinds. */
  kind?: KeyKind | null | undefined;
  /** Id of the organization. */
  organizationId: string;
  /** Why the key is revoked. Default: `UNSPECIFIED`. */
  reason?: RevocationReason | null | undefined;
};

/** The secret whose key is to be revoked. */
export type RevokeSecretInput = {
  /** Why the key is revoked. Default: `COMPROMISED`. */
  reason?: RevocationReason | null | undefined;
  /** The complete secret, from its prefix to its last character. */
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

/** The rotation of a key. Set at most one of `expiresAt` and `expiresIn`. Default: the new lifetime is as long as the last one. */
export type RotateKeyInput = {
  /** When the key expires. Must be in the future. */
  expiresAt?: string | null | undefined;
  /** Lifetime of the key from the rotation on, such as `P90D`. */
  expiresIn?: string | null | undefined;
  /** Id of the key. */
  id: string;
  /** How long the old secret stays valid. `PT0S` retires it at once. Default: `PT24H`, or the maximum overlap of the policy if that is shorter. */
  overlap?: string | null | undefined;
  /** Start counting the overlap when the new secret is first used, not now. The old secret stops working at the policy's maximum overlap after the rotation at the latest. */
  overlapFromFirstUse?: boolean | null | undefined;
  /** Whether to discard the new secret of a rotation whose response was lost, and issue another one. The old secret stays valid no longer than the first rotation stated. Ignored if no rotation is in progress; fails with CONFLICT if the new secret was used. Default: false. */
  replaceUnconfirmed?: boolean | null | undefined;
};

/** Response to the use of a retired secret or to a leaked secret. The audit log records it in any case. */
export type SecretMisuseResponse =
  /** The audit log records it; the key stays active. */
  | 'RECORD'
  /** The key is revoked. */
  | 'REVOKE'
  /** The key is suspended. A caller with `keys:manager` can resume it. */
  | 'SUSPEND';

/** State of a secret. */
export type SecretState =
  /** The newest secret of the key. */
  | 'CURRENT'
  /** Replaced, and no longer valid. */
  | 'RETIRED'
  /** Replaced by a rotation, and valid until the overlap ends. */
  | 'RETIRING';

/** The route to test. */
export type SendTestNotificationInput = {
  /** Id of the route. */
  id: string;
};

/** A Slack channel. */
export type SlackTargetInput = {
  /** URL of an incoming webhook of Slack. */
  url: string;
};

/** How long an organization keeps the events of its audit log. */
export type UpdateAuditRetentionInput = {
  /** How long events are kept, at least `P30D`. Null, the default, keeps them permanently. */
  keep?: string | null | undefined;
  /** Id of the organization. Its sub-organizations keep their own setting. */
  organizationId: string;
};

/** Changes of a key. An omitted field keeps its value. */
export type UpdateKeyInput = {
  /** CIDR ranges that the key may be used from, at most 100. An empty list removes the restriction. They must lie within the ranges of the key that the caller uses. */
  allowedIps?: Array<string> | null | undefined;
  /** New description, at most 1,000 characters. Null removes it. */
  description?: string | null | undefined;
  /** All grants of the key from now on, at most 100. Grants that are not listed are withdrawn. The caller must hold each of them. */
  grants?: Array<GrantInput> | null | undefined;
  /** Id of the key. */
  id: string;
  /** New metadata, at most 8 KiB as JSON. Replaces the old metadata. */
  metadata?: Record<string, unknown> | null | undefined;
  /** New display name, 1 to 100 characters. */
  name?: string | null | undefined;
  /** How long before the expiry to warn: at most 10 durations. Null restores the thresholds of the policy; an empty list disables warnings. */
  warnBefore?: Array<string> | null | undefined;
};

/** The key policy to change. */
export type UpdateKeyPolicyInput = {
  /** Id of the organization. */
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
  /** Whether the route is enabled. A route that is enabled again continues after its last processed event. */
  enabled?: boolean | null | undefined;
  /** Id of the route. */
  id: string;
  /** Sends only expiry warnings with at most this threshold. Null for all warnings. */
  maximumThreshold?: string | null | undefined;
  /** Display name, 1 to 100 characters. */
  name?: string | null | undefined;
  /** Whether to rotate the signing secret of a webhook. The old secret also signs for 24 hours. Default: false. */
  rotateSigningSecret?: boolean | null | undefined;
  /** The new destination. */
  target?: NotificationTargetInput | null | undefined;
  /** The event types that the route sends. Types that are not about keys also require `audit:viewer`. */
  types?: Array<AuditEventType> | null | undefined;
};

/** An HTTP endpoint that receives webhooks, signed as in Standard Webhooks 1.0. */
export type WebhookTargetInput = {
  /** URL of the endpoint: https, at most 2,048 characters. http only for address ranges that the operator allows. */
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