/* eslint-disable */
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
/** The expiry warning to acknowledge. */
export type AcknowledgeExpiryWarningInput = {
  /** Id of the expiry warning. */
  id: string;
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

/** The key to change. */
export type KeyIdInput = {
  /** Id of the key. */
  id: string;
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

/** The member to remove. */
export type RemoveMemberInput = {
  /** Id of the member. */
  memberId: string;
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

/** The invitation to revoke. */
export type RevokeInvitationInput = {
  /** Id of the invitation. */
  id: string;
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

export type ShellViewerQueryVariables = Exact<{ [key: string]: never; }>;


export type ShellViewerQuery = { viewer: { kind: ActorKind, user: { id: string, name: string, email: string | null } | null, key:
      | { id: string, kind: KeyKind, name: string, expiresAt: string | null }
      | { id: string, kind: KeyKind, name: string, expiresAt: string | null }
     | null, organizations: Array<{ id: string, name: string }> } };

export type ShellOrganizationQueryVariables = Exact<{
  id: string;
}>;


export type ShellOrganizationQuery = { viewer: { grants: Array<{ module: string, role: Role }> }, organization: { id: string, name: string, parent: { id: string, name: string } | null, suborganizations: Array<{ id: string, name: string }> } | null };

export type KeyPlaceQueryVariables = Exact<{
  id: string;
}>;


export type KeyPlaceQuery = { key:
    | { id: string, organization: { id: string } }
    | { id: string, organization: { id: string } }
   | null };

export type LiveStartQueryVariables = Exact<{
  organizationId: string;
}>;


export type LiveStartQuery = { organization: { auditEvents: { edges: Array<{ node: { sequence: number } }> } | null } | null };

export type LiveBelowChildFragment = { id: string, suborganizations: Array<{ id: string, suborganizations: Array<{ id: string, suborganizations: Array<{ id: string }> }> }> } & { ' $fragmentName'?: 'LiveBelowChildFragment' };

export type LiveBelowQueryVariables = Exact<{
  id: string;
}>;


export type LiveBelowQuery = { organization: { id: string, suborganizations: Array<{ ' $fragmentRefs'?: { 'LiveBelowChildFragment': LiveBelowChildFragment } }> } | null };

export type LiveKeyEventsSubscriptionVariables = Exact<{
  organizationId: string;
  after?: number | null | undefined;
}>;


export type LiveKeyEventsSubscription = { keyEvents: { id: string, sequence: number, type: AuditEventType, occurredAt: string, organizationId: string, targetId: string | null, targetName: string | null, details: Record<string, unknown>, actor: { kind: ActorKind, id: string | null, name: string | null } } };

export type OpenWarningCountQueryVariables = Exact<{
  organizationId: string;
}>;


export type OpenWarningCountQuery = { organization: { expiryWarnings: { edges: Array<{ node: { id: string } }> } | null } | null };

export type PaletteKeysQueryVariables = Exact<{
  organizationId: string;
  search: string;
  personal: boolean;
}>;


export type PaletteKeysQuery = { organization: { id: string, apiKeys?: { edges: Array<{ node: { ' $fragmentRefs'?: { 'PaletteKey_ApiKey_Fragment': PaletteKey_ApiKey_Fragment } } }> } | null, keys?: { edges: Array<{ node:
          | { ' $fragmentRefs'?: { 'PaletteKey_ApiKey_Fragment': PaletteKey_ApiKey_Fragment } }
          | { ' $fragmentRefs'?: { 'PaletteKey_PersonalAccessKey_Fragment': PaletteKey_PersonalAccessKey_Fragment } }
         }> } | null } | null };

type PaletteKey_ApiKey_Fragment = { id: string, name: string, kind: KeyKind, status: KeyStatus, organization: { id: string, name: string } } & { ' $fragmentName'?: 'PaletteKey_ApiKey_Fragment' };

type PaletteKey_PersonalAccessKey_Fragment = { id: string, name: string, kind: KeyKind, status: KeyStatus, organization: { id: string, name: string } } & { ' $fragmentName'?: 'PaletteKey_PersonalAccessKey_Fragment' };

export type PaletteKeyFragment =
  | PaletteKey_ApiKey_Fragment
  | PaletteKey_PersonalAccessKey_Fragment
;

export type AccountKeyFragment = { id: string, name: string, status: KeyStatus, expiringSoon: boolean, expiresAt: string | null, createdAt: string, lastUsedAt: string | null, organization: { id: string, name: string } } & { ' $fragmentName'?: 'AccountKeyFragment' };

export type AccountPageQueryVariables = Exact<{ [key: string]: never; }>;


export type AccountPageQuery = { viewer: { user: { id: string, name: string, email: string | null } | null, personalAccessKeys: Array<{ ' $fragmentRefs'?: { 'AccountKeyFragment': AccountKeyFragment } }>, sessions: Array<{ id: string, createdAt: string, lastUsedAt: string, expiresAt: string, ipAddress: string | null, userAgent: string | null, current: boolean }> } };

export type AccountEndSessionsMutationVariables = Exact<{
  input: EndSessionsInput;
}>;


export type AccountEndSessionsMutation = { endSessions: { endedSessionIds: Array<string> } };

export type AuditRowFragment = { id: string, sequence: number, type: AuditEventType, occurredAt: string, organizationId: string, credentialId: string | null, tokenId: string | null, targetId: string | null, targetName: string | null, details: Record<string, unknown>, requestId: string | null, previousHash: string, hash: string, actor: { kind: ActorKind, id: string | null, name: string | null } } & { ' $fragmentName'?: 'AuditRowFragment' };

export type AuditPageQueryVariables = Exact<{
  organizationId: string;
  filter?: AuditEventFilter | null | undefined;
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type AuditPageQuery = { organization: { id: string, auditEvents: { edges: Array<{ cursor: string, node: { ' $fragmentRefs'?: { 'AuditRowFragment': AuditRowFragment } } }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } | null } | null };

export type AuditEventByIdQueryVariables = Exact<{
  id: string;
  origins: boolean;
}>;


export type AuditEventByIdQuery = { node:
    | { __typename: 'ApiKey' }
    | (
      { __typename: 'AuditEvent', ipAddress?: string | null, userAgent?: string | null }
      & { ' $fragmentRefs'?: { 'AuditRowFragment': AuditRowFragment } }
    )
    | { __typename: 'ExpiryWarning' }
    | { __typename: 'Member' }
    | { __typename: 'Module' }
    | { __typename: 'NotificationDelivery' }
    | { __typename: 'NotificationRoute' }
    | { __typename: 'Organization' }
    | { __typename: 'PersonalAccessKey' }
    | { __typename: 'Project' }
    | { __typename: 'Session' }
    | { __typename: 'User' }
   | null };

export type AuditHeadSequenceQueryVariables = Exact<{
  organizationId: string;
}>;


export type AuditHeadSequenceQuery = { organization: { id: string, auditEvents: { edges: Array<{ node: { id: string, sequence: number } }> } | null } | null };

export type AuditCheckpointToKeepQueryVariables = Exact<{
  organizationId: string;
}>;


export type AuditCheckpointToKeepQuery = { organization: { id: string, auditRetention: { base: { sequence: number, hash: string, signedAt: string, signature: string } | null } | null, auditCheckpoint: { sequence: number, hash: string, signedAt: string, signature: string } | null } | null };

export type AuditBaseToCheckQueryVariables = Exact<{
  organizationId: string;
}>;


export type AuditBaseToCheckQuery = { organization: { id: string, auditRetention: { base: { sequence: number, hash: string, signedAt: string, signature: string } | null } | null } | null };

export type AuditExportPageQueryVariables = Exact<{
  organizationId: string;
  filter?: AuditEventFilter | null | undefined;
  last?: number | null | undefined;
  before?: string | null | undefined;
}>;


export type AuditExportPageQuery = { organization: { id: string, auditEvents: { edges: Array<{ node: { id: string, sequence: number, type: AuditEventType, occurredAt: string, organizationId: string, credentialId: string | null, tokenId: string | null, targetId: string | null, targetName: string | null, details: Record<string, unknown>, requestId: string | null, ipAddress: string | null, userAgent: string | null, previousHash: string, hash: string, actor: { kind: ActorKind, id: string | null, name: string | null } } }>, pageInfo: { hasPreviousPage: boolean, startCursor: string | null } } | null } | null };

export type CreateKeyPlaceQueryVariables = Exact<{
  organizationId: string;
  readPolicy: boolean;
}>;


export type CreateKeyPlaceQuery = { organization: { id: string, modules: Array<{ id: string, name: string, description: string | null, builtIn: boolean }>, projects: Array<{ id: string, name: string }>, policy?: { maximumLifetime: string | null, defaultLifetime: string, expiryRequired: boolean, maximumActiveKeys: number | null, warnBefore: Array<string> } | null } | null };

export type CreateApiKeyInConsoleMutationVariables = Exact<{
  input: CreateApiKeyInput;
}>;


export type CreateApiKeyInConsoleMutation = { createApiKey: { secret: string, apiKey: { id: string, name: string } } };

export type CreatePersonalKeyInConsoleMutationVariables = Exact<{
  input: CreatePersonalAccessKeyInput;
}>;


export type CreatePersonalKeyInConsoleMutation = { createPersonalAccessKey: { secret: string, personalAccessKey: { id: string, name: string } } };

type KeyFacts_ApiKey_Fragment = { __typename: 'ApiKey', lastUsedAt?: string | null, lastUsedFrom?: Array<string> | null, allowedIps?: Array<string> | null, id: string, kind: KeyKind, name: string, description: string | null, status: KeyStatus, createdAt: string, expiresAt: string | null, expiringSoon: boolean, warnBefore: Array<string>, metadata: Record<string, unknown>, revokedAt: string | null, revocationReason: RevocationReason | null, createdBy?: { kind: ActorKind, id: string | null, name: string | null } | null, grants: Array<{ module: string, role: Role }>, organization: { id: string, name: string }, project: { id: string, name: string } | null, secrets: Array<{ hint: string, state: SecretState, createdAt: string, validUntil: string | null, lastUsedAt: string | null }> } & { ' $fragmentName'?: 'KeyFacts_ApiKey_Fragment' };

type KeyFacts_PersonalAccessKey_Fragment = { __typename: 'PersonalAccessKey', lastUsedAt: string | null, lastUsedFrom: Array<string> | null, allowedIps: Array<string> | null, id: string, kind: KeyKind, name: string, description: string | null, status: KeyStatus, createdAt: string, expiresAt: string | null, expiringSoon: boolean, warnBefore: Array<string>, metadata: Record<string, unknown>, revokedAt: string | null, revocationReason: RevocationReason | null, owner: { id: string, name: string }, createdBy: { kind: ActorKind, id: string | null, name: string | null } | null, grants: Array<{ module: string, role: Role }>, organization: { id: string, name: string }, project: { id: string, name: string } | null, secrets: Array<{ hint: string, state: SecretState, createdAt: string, validUntil: string | null, lastUsedAt: string | null }> } & { ' $fragmentName'?: 'KeyFacts_PersonalAccessKey_Fragment' };

export type KeyFactsFragment =
  | KeyFacts_ApiKey_Fragment
  | KeyFacts_PersonalAccessKey_Fragment
;

export type KeyPageQueryVariables = Exact<{
  id: string;
  operator: boolean;
  manager: boolean;
}>;


export type KeyPageQuery = { key:
    | { ' $fragmentRefs'?: { 'KeyFacts_ApiKey_Fragment': KeyFacts_ApiKey_Fragment } }
    | { ' $fragmentRefs'?: { 'KeyFacts_PersonalAccessKey_Fragment': KeyFacts_PersonalAccessKey_Fragment } }
   | null };

export type KeyPolicyForChangeQueryVariables = Exact<{
  organizationId: string;
}>;


export type KeyPolicyForChangeQuery = { organization: { id: string, policy: { maximumLifetime: string | null, defaultLifetime: string, expiryRequired: boolean, maximumOverlap: string } | null } | null };

export type KeyModulesQueryVariables = Exact<{
  organizationId: string;
}>;


export type KeyModulesQuery = { organization: { id: string, modules: Array<{ id: string, name: string, description: string | null, builtIn: boolean }> } | null };

export type HistoryEventFragment = { id: string, sequence: number, type: AuditEventType, occurredAt: string, credentialId: string | null, tokenId: string | null, details: Record<string, unknown>, requestId: string | null, ipAddress?: string | null, userAgent?: string | null, actor: { kind: ActorKind, id: string | null, name: string | null } } & { ' $fragmentName'?: 'HistoryEventFragment' };

export type KeyHistoryPageQueryVariables = Exact<{
  id: string;
  origins: boolean;
  first: number;
  after?: string | null | undefined;
}>;


export type KeyHistoryPageQuery = { key:
    | { id: string, history: { edges: Array<{ node: { ' $fragmentRefs'?: { 'HistoryEventFragment': HistoryEventFragment } } }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } | null }
    | { id: string, history: { edges: Array<{ node: { ' $fragmentRefs'?: { 'HistoryEventFragment': HistoryEventFragment } } }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } | null }
   | null };

export type KeyTokenEventsQueryVariables = Exact<{
  organizationId: string;
  keyId: string;
  origins: boolean;
}>;


export type KeyTokenEventsQuery = { organization: { id: string, auditEvents: { edges: Array<{ node: { ' $fragmentRefs'?: { 'HistoryEventFragment': HistoryEventFragment } } }>, pageInfo: { hasNextPage: boolean } } | null } | null };

export type KeySuspensionQueryVariables = Exact<{
  organizationId: string;
  keyId: string;
}>;


export type KeySuspensionQuery = { organization: { id: string, auditEvents: { edges: Array<{ node: { id: string, actor: { id: string | null } } }> } | null } | null };

export type KeyOpenWarningsQueryVariables = Exact<{
  organizationId: string;
  after?: string | null | undefined;
}>;


export type KeyOpenWarningsQuery = { organization: { id: string, expiryWarnings: { pageInfo: { hasNextPage: boolean, endCursor: string | null }, edges: Array<{ node: { id: string, threshold: string, expiresAt: string, createdAt: string, key:
            | { id: string }
            | { id: string }
           } }> } | null } | null };

export type RotateKeyInConsoleMutationVariables = Exact<{
  input: RotateKeyInput;
}>;


export type RotateKeyInConsoleMutation = { rotateKey: { secret: string, previousSecretValidUntil: string | null, key:
      | { id: string, name: string }
      | { id: string, name: string }
     } };

export type CompleteRotationInConsoleMutationVariables = Exact<{
  input: KeyIdInput;
}>;


export type CompleteRotationInConsoleMutation = { completeRotation: { key:
      | { id: string }
      | { id: string }
     } };

export type CancelRotationInConsoleMutationVariables = Exact<{
  input: KeyIdInput;
}>;


export type CancelRotationInConsoleMutation = { cancelRotation: { key:
      | { id: string }
      | { id: string }
     } };

export type SuspendKeyInConsoleMutationVariables = Exact<{
  input: KeyIdInput;
}>;


export type SuspendKeyInConsoleMutation = { suspendKey: { key:
      | { id: string }
      | { id: string }
     } };

export type ResumeKeyInConsoleMutationVariables = Exact<{
  input: KeyIdInput;
}>;


export type ResumeKeyInConsoleMutation = { resumeKey: { key:
      | { id: string }
      | { id: string }
     } };

export type RevokeKeyInConsoleMutationVariables = Exact<{
  input: RevokeKeyInput;
}>;


export type RevokeKeyInConsoleMutation = { revokeKey: { revokedKeyIds: Array<string>, key:
      | { id: string }
      | { id: string }
     } };

export type UpdateKeyInConsoleMutationVariables = Exact<{
  input: UpdateKeyInput;
}>;


export type UpdateKeyInConsoleMutation = { updateKey: { key:
      | { id: string }
      | { id: string }
     } };

export type KeyListQueryVariables = Exact<{
  organizationId: string;
  filter: KeyFilter;
  orderBy: KeyOrder;
  first?: number | null | undefined;
  after?: string | null | undefined;
  last?: number | null | undefined;
  before?: string | null | undefined;
  isAll: boolean;
  isApi: boolean;
  isPersonal: boolean;
  usage: boolean;
}>;


export type KeyListQuery = { organization: { id: string, keys?: { edges: Array<{ node:
          | { ' $fragmentRefs'?: { 'KeyRow_ApiKey_Fragment': KeyRow_ApiKey_Fragment } }
          | { ' $fragmentRefs'?: { 'KeyRow_PersonalAccessKey_Fragment': KeyRow_PersonalAccessKey_Fragment } }
         }>, pageInfo: { ' $fragmentRefs'?: { 'KeyPageInfoFragment': KeyPageInfoFragment } } } | null, apiKeys?: { edges: Array<{ node: { ' $fragmentRefs'?: { 'KeyRow_ApiKey_Fragment': KeyRow_ApiKey_Fragment } } }>, pageInfo: { ' $fragmentRefs'?: { 'KeyPageInfoFragment': KeyPageInfoFragment } } } | null, personalAccessKeys?: { edges: Array<{ node: { ' $fragmentRefs'?: { 'KeyRow_PersonalAccessKey_Fragment': KeyRow_PersonalAccessKey_Fragment } } }>, pageInfo: { ' $fragmentRefs'?: { 'KeyPageInfoFragment': KeyPageInfoFragment } } } | null } | null };

export type KeyCountQueryVariables = Exact<{
  organizationId: string;
  filter: KeyFilter;
  isAll: boolean;
  isApi: boolean;
  isPersonal: boolean;
}>;


export type KeyCountQuery = { organization: { id: string, keys?: { totalCount: number } | null, apiKeys?: { totalCount: number } | null, personalAccessKeys?: { totalCount: number } | null } | null };

export type KeyPageInfoFragment = { hasNextPage: boolean, hasPreviousPage: boolean, startCursor: string | null, endCursor: string | null } & { ' $fragmentName'?: 'KeyPageInfoFragment' };

type KeyRow_ApiKey_Fragment = { id: string, kind: KeyKind, name: string, description: string | null, status: KeyStatus, createdAt: string, expiresAt: string | null, expiringSoon: boolean, lastUsedAt?: string | null, createdBy?: { id: string | null } | null, grants: Array<{ module: string, role: Role }>, organization: { id: string, name: string }, project: { id: string, name: string } | null } & { ' $fragmentName'?: 'KeyRow_ApiKey_Fragment' };

type KeyRow_PersonalAccessKey_Fragment = { id: string, kind: KeyKind, name: string, description: string | null, status: KeyStatus, createdAt: string, expiresAt: string | null, expiringSoon: boolean, lastUsedAt?: string | null, owner: { id: string, name: string }, grants: Array<{ module: string, role: Role }>, organization: { id: string, name: string }, project: { id: string, name: string } | null } & { ' $fragmentName'?: 'KeyRow_PersonalAccessKey_Fragment' };

export type KeyRowFragment =
  | KeyRow_ApiKey_Fragment
  | KeyRow_PersonalAccessKey_Fragment
;

export type RevokeManyKeysMutationVariables = Exact<{
  input: RevokeKeysInput;
}>;


export type RevokeManyKeysMutation = { revokeKeys: { revokedCount: number } };

export type RouteFieldsFragment = { id: string, name: string, channel: NotificationChannel, target: string | null, types: Array<AuditEventType>, maximumThreshold: string | null, enabled: boolean, disabledReason: string | null, position: number, createdAt: string, project: { id: string, name: string } | null } & { ' $fragmentName'?: 'RouteFieldsFragment' };

export type NotificationsPageQueryVariables = Exact<{
  organizationId: string;
}>;


export type NotificationsPageQuery = { organization: { id: string, projects: Array<{ id: string, name: string }>, notificationRoutes: Array<{ ' $fragmentRefs'?: { 'RouteFieldsFragment': RouteFieldsFragment } }> | null } | null };

export type NotificationDeliveriesQueryVariables = Exact<{
  routeId: string;
  status?: DeliveryStatus | null | undefined;
  first?: number | null | undefined;
  after?: string | null | undefined;
  events: boolean;
}>;


export type NotificationDeliveriesQuery = { node:
    | { __typename: 'ApiKey' }
    | { __typename: 'AuditEvent' }
    | { __typename: 'ExpiryWarning' }
    | { __typename: 'Member' }
    | { __typename: 'Module' }
    | { __typename: 'NotificationDelivery' }
    | { __typename: 'NotificationRoute', id: string, name: string, deliveries: { edges: Array<{ node: { id: string, status: DeliveryStatus, attempts: number, createdAt: string, lastAttemptAt: string | null, nextAttemptAt: string | null, deliveredAt: string | null, responseStatus: number | null, error: string | null, event?: { id: string, type: AuditEventType, sequence: number, targetName: string | null } | null } }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } }
    | { __typename: 'Organization' }
    | { __typename: 'PersonalAccessKey' }
    | { __typename: 'Project' }
    | { __typename: 'Session' }
    | { __typename: 'User' }
   | null };

export type NotificationsCreateMutationVariables = Exact<{
  input: CreateNotificationRouteInput;
}>;


export type NotificationsCreateMutation = { createNotificationRoute: { signingSecret: string | null, route: { id: string, name: string } } };

export type NotificationsUpdateMutationVariables = Exact<{
  input: UpdateNotificationRouteInput;
}>;


export type NotificationsUpdateMutation = { updateNotificationRoute: { signingSecret: string | null, route: { id: string, name: string, enabled: boolean } } };

export type NotificationsDeleteMutationVariables = Exact<{
  input: DeleteNotificationRouteInput;
}>;


export type NotificationsDeleteMutation = { deleteNotificationRoute: { deletedRouteId: string } };

export type NotificationsTestMutationVariables = Exact<{
  input: SendTestNotificationInput;
}>;


export type NotificationsTestMutation = { sendTestNotification: { delivery: { id: string, status: DeliveryStatus, responseStatus: number | null, error: string | null } } };

export type NotificationsRedeliverMutationVariables = Exact<{
  input: RedeliverNotificationsInput;
}>;


export type NotificationsRedeliverMutation = { redeliverNotifications: { route: { id: string, position: number } } };

export type OverviewQueryVariables = Exact<{
  organizationId: string;
  soon: KeyFilter;
  unused: KeyFilter;
  endless: KeyFilter;
  isAll: boolean;
  isApi: boolean;
  usage: boolean;
}>;


export type OverviewQuery = { organization: { id: string, soonApi?: { edges: Array<{ node: { ' $fragmentRefs'?: { 'ExpiringKey_ApiKey_Fragment': ExpiringKey_ApiKey_Fragment } } }> } | null, soonAll?: { edges: Array<{ node:
          | { ' $fragmentRefs'?: { 'ExpiringKey_ApiKey_Fragment': ExpiringKey_ApiKey_Fragment } }
          | { ' $fragmentRefs'?: { 'ExpiringKey_PersonalAccessKey_Fragment': ExpiringKey_PersonalAccessKey_Fragment } }
         }> } | null, unusedApi?: { edges: Array<{ node: { ' $fragmentRefs'?: { 'IdleKey_ApiKey_Fragment': IdleKey_ApiKey_Fragment } } }> } | null, unusedAll?: { edges: Array<{ node:
          | { ' $fragmentRefs'?: { 'IdleKey_ApiKey_Fragment': IdleKey_ApiKey_Fragment } }
          | { ' $fragmentRefs'?: { 'IdleKey_PersonalAccessKey_Fragment': IdleKey_PersonalAccessKey_Fragment } }
         }> } | null, endlessApi?: { edges: Array<{ node: { ' $fragmentRefs'?: { 'IdleKey_ApiKey_Fragment': IdleKey_ApiKey_Fragment } } }> } | null, endlessAll?: { edges: Array<{ node:
          | { ' $fragmentRefs'?: { 'IdleKey_ApiKey_Fragment': IdleKey_ApiKey_Fragment } }
          | { ' $fragmentRefs'?: { 'IdleKey_PersonalAccessKey_Fragment': IdleKey_PersonalAccessKey_Fragment } }
         }> } | null } | null };

export type OverviewFiguresQueryVariables = Exact<{
  organizationId: string;
  soon: KeyFilter;
  active: KeyFilter;
  unused: KeyFilter;
  endless: KeyFilter;
  isAll: boolean;
  isApi: boolean;
}>;


export type OverviewFiguresQuery = { organization: { id: string, soonApi?: { totalCount: number } | null, soonAll?: { totalCount: number } | null, activeApi?: { totalCount: number } | null, activeAll?: { totalCount: number } | null, unusedApi?: { totalCount: number } | null, unusedAll?: { totalCount: number } | null, endlessApi?: { totalCount: number } | null, endlessAll?: { totalCount: number } | null } | null };

type ExpiringKey_ApiKey_Fragment = { id: string, name: string, kind: KeyKind, expiresAt: string | null, organization: { id: string, name: string } } & { ' $fragmentName'?: 'ExpiringKey_ApiKey_Fragment' };

type ExpiringKey_PersonalAccessKey_Fragment = { id: string, name: string, kind: KeyKind, expiresAt: string | null, organization: { id: string, name: string } } & { ' $fragmentName'?: 'ExpiringKey_PersonalAccessKey_Fragment' };

export type ExpiringKeyFragment =
  | ExpiringKey_ApiKey_Fragment
  | ExpiringKey_PersonalAccessKey_Fragment
;

type IdleKey_ApiKey_Fragment = { id: string, name: string, kind: KeyKind, createdAt: string, lastUsedAt?: string | null, organization: { id: string, name: string } } & { ' $fragmentName'?: 'IdleKey_ApiKey_Fragment' };

type IdleKey_PersonalAccessKey_Fragment = { id: string, name: string, kind: KeyKind, createdAt: string, lastUsedAt?: string | null, organization: { id: string, name: string } } & { ' $fragmentName'?: 'IdleKey_PersonalAccessKey_Fragment' };

export type IdleKeyFragment =
  | IdleKey_ApiKey_Fragment
  | IdleKey_PersonalAccessKey_Fragment
;

export type OverviewWarningsQueryVariables = Exact<{
  organizationId: string;
}>;


export type OverviewWarningsQuery = { organization: { expiryWarnings: { edges: Array<{ node: { id: string, expiresAt: string, threshold: string, key:
            | { id: string, name: string, organization: { id: string } }
            | { id: string, name: string, organization: { id: string } }
           } }>, pageInfo: { hasNextPage: boolean } } | null } | null };

export type OverviewEventsQueryVariables = Exact<{
  organizationId: string;
}>;


export type OverviewEventsQuery = { organization: { auditEvents: { edges: Array<{ node: { id: string, type: AuditEventType, occurredAt: string, targetId: string | null, targetName: string | null, actor: { kind: ActorKind, name: string | null } } }> } | null } | null };

export type OverviewRoutesQueryVariables = Exact<{
  organizationId: string;
}>;


export type OverviewRoutesQuery = { organization: { notificationRoutes: Array<{ id: string }> | null } | null };

export type MemberRowFragment = { id: string, inherited: boolean, joinedAt: string, grants: Array<{ module: string, role: Role }>, organization: { id: string, name: string }, user: { id: string, name: string, email: string | null } } & { ' $fragmentName'?: 'MemberRowFragment' };

export type PeopleMembersQueryVariables = Exact<{
  organizationId: string;
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type PeopleMembersQuery = { organization: { id: string, modules: Array<{ id: string, name: string, description: string | null, builtIn: boolean }>, members: { edges: Array<{ node: { ' $fragmentRefs'?: { 'MemberRowFragment': MemberRowFragment } } }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } | null } | null };

export type PeopleKeyGrantsQueryVariables = Exact<{
  organizationId: string;
  filter?: KeyFilter | null | undefined;
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type PeopleKeyGrantsQuery = { organization: { id: string, modules: Array<{ id: string, name: string, description: string | null, builtIn: boolean }>, apiKeys: { totalCount: number, edges: Array<{ node: { id: string, name: string, grants: Array<{ module: string, role: Role }>, organization: { id: string, name: string } } }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } | null } | null };

export type PeopleInvitationsQueryVariables = Exact<{
  organizationId: string;
}>;


export type PeopleInvitationsQuery = { organization: { id: string, modules: Array<{ id: string, name: string, description: string | null, builtIn: boolean }>, invitations: Array<{ id: string, email: string, expiresAt: string, acceptable: boolean, grants: Array<{ module: string, role: Role }> }> | null } | null };

export type MemberImpactQueryVariables = Exact<{
  organizationId: string;
  userId: string;
  personal: boolean;
  api: boolean;
}>;


export type MemberImpactQuery = { organization: { id: string, personalAccessKeys?: { totalCount: number, edges: Array<{ node: { id: string, name: string, lastUsedAt: string | null } }> } | null, apiKeys?: { totalCount: number, edges: Array<{ node: { id: string, name: string } }> } | null } | null };

export type PeopleInviteMutationVariables = Exact<{
  input: InviteMemberInput;
}>;


export type PeopleInviteMutation = { inviteMember: { invitationToken: string, expiresAt: string, invitation: { id: string, email: string } } };

export type PeopleRevokeInvitationMutationVariables = Exact<{
  input: RevokeInvitationInput;
}>;


export type PeopleRevokeInvitationMutation = { revokeInvitation: { revokedInvitationId: string } };

export type PeopleUpdateMemberMutationVariables = Exact<{
  input: UpdateMemberInput;
}>;


export type PeopleUpdateMemberMutation = { updateMember: { member: { id: string, grants: Array<{ module: string, role: Role }> } } };

export type PeopleRemoveMemberMutationVariables = Exact<{
  input: RemoveMemberInput;
}>;


export type PeopleRemoveMemberMutation = { removeMember: { removedMemberId: string, revokedKeyIds: Array<string>, createdApiKeyIds: Array<string> } };

export type PolicyFieldsFragment = { maximumLifetime: string | null, defaultLifetime: string, expiryRequired: boolean, warnBefore: Array<string>, escalateWarnings: boolean, maximumOverlap: string, maximumActiveKeys: number | null, accessTokenLifetime: string, onRetiredSecretUse: SecretMisuseResponse, onLeak: SecretMisuseResponse, revokeUnusedAfter: string | null } & { ' $fragmentName'?: 'PolicyFieldsFragment' };

export type PoliciesPageQueryVariables = Exact<{
  organizationId: string;
}>;


export type PoliciesPageQuery = { organization: { id: string, name: string, policy: { ' $fragmentRefs'?: { 'PolicyFieldsFragment': PolicyFieldsFragment } } | null, parent: { id: string, name: string, policy: { ' $fragmentRefs'?: { 'PolicyFieldsFragment': PolicyFieldsFragment } } | null } | null } | null };

export type PoliciesPreviewQueryVariables = Exact<{
  organizationId: string;
  policy: KeyPolicyInput;
}>;


export type PoliciesPreviewQuery = { organization: { id: string, policyPreview: { nonConformingKeys: number, nonConformingKeyIds: Array<string>, policy: { ' $fragmentRefs'?: { 'PolicyFieldsFragment': PolicyFieldsFragment } } } | null } | null };

export type PoliciesConsequencesQueryVariables = Exact<{
  organizationId: string;
  ids?: Array<string> | string | null | undefined;
  unusedSince?: string | null | undefined;
  withIds: boolean;
  withUnused: boolean;
}>;


export type PoliciesConsequencesQuery = { organization: { id: string, named?: { edges: Array<{ node:
          | { id: string, name: string, expiresAt: string | null, organization: { id: string, name: string } }
          | { id: string, name: string, expiresAt: string | null, organization: { id: string, name: string } }
         }> } | null, unused?: { totalCount: number } | null, active: { totalCount: number } | null } | null };

export type PoliciesUpdateMutationVariables = Exact<{
  input: UpdateKeyPolicyInput;
}>;


export type PoliciesUpdateMutation = { updateKeyPolicy: { organization: { id: string, policy: { ' $fragmentRefs'?: { 'PolicyFieldsFragment': PolicyFieldsFragment } } | null } } };

export type StructureOrganizationQueryVariables = Exact<{
  id: string;
}>;


export type StructureOrganizationQuery = { organization: { id: string, name: string, slug: string, suborganizations: Array<{ id: string, name: string, slug: string }>, projects: Array<{ id: string, name: string, slug: string }>, modules: Array<{ id: string, name: string, description: string | null, builtIn: boolean }>, parent: { id: string, name: string } | null } | null };

export type StructureChildrenQueryVariables = Exact<{
  id: string;
}>;


export type StructureChildrenQuery = { organization: { id: string, suborganizations: Array<{ id: string, name: string, slug: string }>, projects: Array<{ id: string, name: string, slug: string }> } | null };

export type StructureCreateOrganizationMutationVariables = Exact<{
  input: CreateOrganizationInput;
}>;


export type StructureCreateOrganizationMutation = { createOrganization: { organization: { id: string, name: string, slug: string } } };

export type StructureCreateProjectMutationVariables = Exact<{
  input: CreateProjectInput;
}>;


export type StructureCreateProjectMutation = { createProject: { project: { id: string, name: string, slug: string } } };

export type StructureDefineModuleMutationVariables = Exact<{
  input: DefineModuleInput;
}>;


export type StructureDefineModuleMutation = { defineModule: { module: { id: string, name: string } } };

export type WarningLineFragment = { id: string, threshold: string, expiresAt: string, createdAt: string, acknowledgedAt: string | null, acknowledgedBy: { kind: ActorKind, name: string | null } | null, key:
    | { ' $fragmentRefs'?: { 'KeyFacts_ApiKey_Fragment': KeyFacts_ApiKey_Fragment } }
    | { ' $fragmentRefs'?: { 'KeyFacts_PersonalAccessKey_Fragment': KeyFacts_PersonalAccessKey_Fragment } }
  , deliveries: Array<{ id: string, status: DeliveryStatus, attempts: number, deliveredAt: string | null, lastAttemptAt: string | null, nextAttemptAt: string | null, responseStatus: number | null, error: string | null, route: { id: string, name: string, channel: NotificationChannel, enabled: boolean } }> | null } & { ' $fragmentName'?: 'WarningLineFragment' };

export type WarningInboxQueryVariables = Exact<{
  organizationId: string;
  acknowledged?: boolean | null | undefined;
  first?: number | null | undefined;
  after?: string | null | undefined;
  last?: number | null | undefined;
  before?: string | null | undefined;
  operator: boolean;
  manager: boolean;
}>;


export type WarningInboxQuery = { organization: { id: string, expiryWarnings: { edges: Array<{ node: { ' $fragmentRefs'?: { 'WarningLineFragment': WarningLineFragment } } }>, pageInfo: { hasNextPage: boolean, hasPreviousPage: boolean, startCursor: string | null, endCursor: string | null } } | null } | null };

export type AcknowledgeWarningInConsoleMutationVariables = Exact<{
  input: AcknowledgeExpiryWarningInput;
}>;


export type AcknowledgeWarningInConsoleMutation = { acknowledgeExpiryWarning: { expiryWarning: { id: string } } };

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
export const LiveBelowChildFragmentDoc = new TypedDocumentString(`
    fragment LiveBelowChild on Organization {
  id
  suborganizations {
    id
    suborganizations {
      id
      suborganizations {
        id
      }
    }
  }
}
    `, {"fragmentName":"LiveBelowChild"}) as unknown as TypedDocumentString<LiveBelowChildFragment, unknown>;
export const PaletteKeyFragmentDoc = new TypedDocumentString(`
    fragment PaletteKey on Key {
  id
  name
  kind
  status
  organization {
    id
    name
  }
}
    `, {"fragmentName":"PaletteKey"}) as unknown as TypedDocumentString<PaletteKeyFragment, unknown>;
export const AccountKeyFragmentDoc = new TypedDocumentString(`
    fragment AccountKey on PersonalAccessKey {
  id
  name
  status
  expiringSoon
  expiresAt
  createdAt
  lastUsedAt
  organization {
    id
    name
  }
}
    `, {"fragmentName":"AccountKey"}) as unknown as TypedDocumentString<AccountKeyFragment, unknown>;
export const AuditRowFragmentDoc = new TypedDocumentString(`
    fragment AuditRow on AuditEvent {
  id
  sequence
  type
  occurredAt
  organizationId
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
    `, {"fragmentName":"AuditRow"}) as unknown as TypedDocumentString<AuditRowFragment, unknown>;
export const HistoryEventFragmentDoc = new TypedDocumentString(`
    fragment HistoryEvent on AuditEvent {
  id
  sequence
  type
  occurredAt
  credentialId
  tokenId
  details
  requestId
  actor {
    kind
    id
    name
  }
  ipAddress @include(if: $origins)
  userAgent @include(if: $origins)
}
    `, {"fragmentName":"HistoryEvent"}) as unknown as TypedDocumentString<HistoryEventFragment, unknown>;
export const KeyPageInfoFragmentDoc = new TypedDocumentString(`
    fragment KeyPageInfo on PageInfo {
  hasNextPage
  hasPreviousPage
  startCursor
  endCursor
}
    `, {"fragmentName":"KeyPageInfo"}) as unknown as TypedDocumentString<KeyPageInfoFragment, unknown>;
export const KeyRowFragmentDoc = new TypedDocumentString(`
    fragment KeyRow on Key {
  id
  kind
  name
  description
  status
  createdAt
  expiresAt
  expiringSoon
  lastUsedAt @include(if: $usage)
  grants {
    module
    role
  }
  organization {
    id
    name
  }
  project {
    id
    name
  }
  ... on ApiKey {
    createdBy @include(if: $usage) {
      id
    }
  }
  ... on PersonalAccessKey {
    owner {
      id
      name
    }
  }
}
    `, {"fragmentName":"KeyRow"}) as unknown as TypedDocumentString<KeyRowFragment, unknown>;
export const RouteFieldsFragmentDoc = new TypedDocumentString(`
    fragment RouteFields on NotificationRoute {
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
  project {
    id
    name
  }
}
    `, {"fragmentName":"RouteFields"}) as unknown as TypedDocumentString<RouteFieldsFragment, unknown>;
export const ExpiringKeyFragmentDoc = new TypedDocumentString(`
    fragment ExpiringKey on Key {
  id
  name
  kind
  expiresAt
  organization {
    id
    name
  }
}
    `, {"fragmentName":"ExpiringKey"}) as unknown as TypedDocumentString<ExpiringKeyFragment, unknown>;
export const IdleKeyFragmentDoc = new TypedDocumentString(`
    fragment IdleKey on Key {
  id
  name
  kind
  createdAt
  lastUsedAt @include(if: $usage)
  organization {
    id
    name
  }
}
    `, {"fragmentName":"IdleKey"}) as unknown as TypedDocumentString<IdleKeyFragment, unknown>;
export const MemberRowFragmentDoc = new TypedDocumentString(`
    fragment MemberRow on Member {
  id
  inherited
  joinedAt
  grants {
    module
    role
  }
  organization {
    id
    name
  }
  user {
    id
    name
    email
  }
}
    `, {"fragmentName":"MemberRow"}) as unknown as TypedDocumentString<MemberRowFragment, unknown>;
export const PolicyFieldsFragmentDoc = new TypedDocumentString(`
    fragment PolicyFields on KeyPolicy {
  maximumLifetime
  defaultLifetime
  expiryRequired
  warnBefore
  escalateWarnings
  maximumOverlap
  maximumActiveKeys
  accessTokenLifetime
  onRetiredSecretUse
  onLeak
  revokeUnusedAfter
}
    `, {"fragmentName":"PolicyFields"}) as unknown as TypedDocumentString<PolicyFieldsFragment, unknown>;
export const KeyFactsFragmentDoc = new TypedDocumentString(`
    fragment KeyFacts on Key {
  __typename
  id
  kind
  name
  description
  status
  createdAt
  expiresAt
  expiringSoon
  warnBefore
  metadata
  revokedAt
  revocationReason
  grants {
    module
    role
  }
  organization {
    id
    name
  }
  project {
    id
    name
  }
  secrets {
    hint
    state
    createdAt
    validUntil
    lastUsedAt
  }
  ... on ApiKey {
    createdBy @include(if: $operator) {
      kind
      id
      name
    }
    lastUsedAt @include(if: $operator)
    lastUsedFrom @include(if: $manager)
    allowedIps @include(if: $manager)
  }
  ... on PersonalAccessKey {
    owner {
      id
      name
    }
    createdBy {
      kind
      id
      name
    }
    lastUsedAt
    lastUsedFrom
    allowedIps
  }
}
    `, {"fragmentName":"KeyFacts"}) as unknown as TypedDocumentString<KeyFactsFragment, unknown>;
export const WarningLineFragmentDoc = new TypedDocumentString(`
    fragment WarningLine on ExpiryWarning {
  id
  threshold
  expiresAt
  createdAt
  acknowledgedAt
  acknowledgedBy {
    kind
    name
  }
  key {
    ...KeyFacts
  }
  deliveries {
    id
    status
    attempts
    deliveredAt
    lastAttemptAt
    nextAttemptAt
    responseStatus
    error
    route {
      id
      name
      channel
      enabled
    }
  }
}
    fragment KeyFacts on Key {
  __typename
  id
  kind
  name
  description
  status
  createdAt
  expiresAt
  expiringSoon
  warnBefore
  metadata
  revokedAt
  revocationReason
  grants {
    module
    role
  }
  organization {
    id
    name
  }
  project {
    id
    name
  }
  secrets {
    hint
    state
    createdAt
    validUntil
    lastUsedAt
  }
  ... on ApiKey {
    createdBy @include(if: $operator) {
      kind
      id
      name
    }
    lastUsedAt @include(if: $operator)
    lastUsedFrom @include(if: $manager)
    allowedIps @include(if: $manager)
  }
  ... on PersonalAccessKey {
    owner {
      id
      name
    }
    createdBy {
      kind
      id
      name
    }
    lastUsedAt
    lastUsedFrom
    allowedIps
  }
}`, {"fragmentName":"WarningLine"}) as unknown as TypedDocumentString<WarningLineFragment, unknown>;
export const ShellViewerDocument = new TypedDocumentString(`
    query ShellViewer {
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
    }
    organizations {
      id
      name
    }
  }
}
    `) as unknown as TypedDocumentString<ShellViewerQuery, ShellViewerQueryVariables>;
export const ShellOrganizationDocument = new TypedDocumentString(`
    query ShellOrganization($id: ID!) {
  viewer {
    grants(organizationId: $id) {
      module
      role
    }
  }
  organization(id: $id) {
    id
    name
    parent {
      id
      name
    }
    suborganizations {
      id
      name
    }
  }
}
    `) as unknown as TypedDocumentString<ShellOrganizationQuery, ShellOrganizationQueryVariables>;
export const KeyPlaceDocument = new TypedDocumentString(`
    query KeyPlace($id: ID!) {
  key(id: $id) {
    id
    organization {
      id
    }
  }
}
    `) as unknown as TypedDocumentString<KeyPlaceQuery, KeyPlaceQueryVariables>;
export const LiveStartDocument = new TypedDocumentString(`
    query LiveStart($organizationId: ID!) {
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
    `) as unknown as TypedDocumentString<LiveStartQuery, LiveStartQueryVariables>;
export const LiveBelowDocument = new TypedDocumentString(`
    query LiveBelow($id: ID!) {
  organization(id: $id) {
    id
    suborganizations {
      ...LiveBelowChild
    }
  }
}
    fragment LiveBelowChild on Organization {
  id
  suborganizations {
    id
    suborganizations {
      id
      suborganizations {
        id
      }
    }
  }
}`) as unknown as TypedDocumentString<LiveBelowQuery, LiveBelowQueryVariables>;
export const LiveKeyEventsDocument = new TypedDocumentString(`
    subscription LiveKeyEvents($organizationId: ID!, $after: SafeInt) {
  keyEvents(organizationId: $organizationId, after: $after) {
    id
    sequence
    type
    occurredAt
    organizationId
    targetId
    targetName
    details
    actor {
      kind
      id
      name
    }
  }
}
    `) as unknown as TypedDocumentString<LiveKeyEventsSubscription, LiveKeyEventsSubscriptionVariables>;
export const OpenWarningCountDocument = new TypedDocumentString(`
    query OpenWarningCount($organizationId: ID!) {
  organization(id: $organizationId) {
    expiryWarnings(acknowledged: false, first: 51) {
      edges {
        node {
          id
        }
      }
    }
  }
}
    `) as unknown as TypedDocumentString<OpenWarningCountQuery, OpenWarningCountQueryVariables>;
export const PaletteKeysDocument = new TypedDocumentString(`
    query PaletteKeys($organizationId: ID!, $search: String!, $personal: Boolean!) {
  organization(id: $organizationId) {
    id
    apiKeys(filter: {search: $search, includeSuborganizations: true}, first: 6) @skip(if: $personal) {
      edges {
        node {
          ...PaletteKey
        }
      }
    }
    keys(filter: {search: $search, includeSuborganizations: true}, first: 6) @include(if: $personal) {
      edges {
        node {
          ...PaletteKey
        }
      }
    }
  }
}
    fragment PaletteKey on Key {
  id
  name
  kind
  status
  organization {
    id
    name
  }
}`) as unknown as TypedDocumentString<PaletteKeysQuery, PaletteKeysQueryVariables>;
export const AccountPageDocument = new TypedDocumentString(`
    query AccountPage {
  viewer {
    user {
      id
      name
      email
    }
    personalAccessKeys {
      ...AccountKey
    }
    sessions {
      id
      createdAt
      lastUsedAt
      expiresAt
      ipAddress
      userAgent
      current
    }
  }
}
    fragment AccountKey on PersonalAccessKey {
  id
  name
  status
  expiringSoon
  expiresAt
  createdAt
  lastUsedAt
  organization {
    id
    name
  }
}`) as unknown as TypedDocumentString<AccountPageQuery, AccountPageQueryVariables>;
export const AccountEndSessionsDocument = new TypedDocumentString(`
    mutation AccountEndSessions($input: EndSessionsInput!) {
  endSessions(input: $input) {
    endedSessionIds
  }
}
    `) as unknown as TypedDocumentString<AccountEndSessionsMutation, AccountEndSessionsMutationVariables>;
export const AuditPageDocument = new TypedDocumentString(`
    query AuditPage($organizationId: ID!, $filter: AuditEventFilter, $first: Int, $after: String) {
  organization(id: $organizationId) {
    id
    auditEvents(filter: $filter, first: $first, after: $after) {
      edges {
        cursor
        node {
          ...AuditRow
        }
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
}
    fragment AuditRow on AuditEvent {
  id
  sequence
  type
  occurredAt
  organizationId
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
}`) as unknown as TypedDocumentString<AuditPageQuery, AuditPageQueryVariables>;
export const AuditEventByIdDocument = new TypedDocumentString(`
    query AuditEventById($id: ID!, $origins: Boolean!) {
  node(id: $id) {
    __typename
    ... on AuditEvent {
      ...AuditRow
      ipAddress @include(if: $origins)
      userAgent @include(if: $origins)
    }
  }
}
    fragment AuditRow on AuditEvent {
  id
  sequence
  type
  occurredAt
  organizationId
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
}`) as unknown as TypedDocumentString<AuditEventByIdQuery, AuditEventByIdQueryVariables>;
export const AuditHeadSequenceDocument = new TypedDocumentString(`
    query AuditHeadSequence($organizationId: ID!) {
  organization(id: $organizationId) {
    id
    auditEvents(first: 1) {
      edges {
        node {
          id
          sequence
        }
      }
    }
  }
}
    `) as unknown as TypedDocumentString<AuditHeadSequenceQuery, AuditHeadSequenceQueryVariables>;
export const AuditCheckpointToKeepDocument = new TypedDocumentString(`
    query AuditCheckpointToKeep($organizationId: ID!) {
  organization(id: $organizationId) {
    id
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
    `) as unknown as TypedDocumentString<AuditCheckpointToKeepQuery, AuditCheckpointToKeepQueryVariables>;
export const AuditBaseToCheckDocument = new TypedDocumentString(`
    query AuditBaseToCheck($organizationId: ID!) {
  organization(id: $organizationId) {
    id
    auditRetention {
      base {
        sequence
        hash
        signedAt
        signature
      }
    }
  }
}
    `) as unknown as TypedDocumentString<AuditBaseToCheckQuery, AuditBaseToCheckQueryVariables>;
export const AuditExportPageDocument = new TypedDocumentString(`
    query AuditExportPage($organizationId: ID!, $filter: AuditEventFilter, $last: Int, $before: String) {
  organization(id: $organizationId) {
    id
    auditEvents(filter: $filter, last: $last, before: $before) {
      edges {
        node {
          id
          sequence
          type
          occurredAt
          organizationId
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
          ipAddress
          userAgent
          previousHash
          hash
        }
      }
      pageInfo {
        hasPreviousPage
        startCursor
      }
    }
  }
}
    `) as unknown as TypedDocumentString<AuditExportPageQuery, AuditExportPageQueryVariables>;
export const CreateKeyPlaceDocument = new TypedDocumentString(`
    query CreateKeyPlace($organizationId: ID!, $readPolicy: Boolean!) {
  organization(id: $organizationId) {
    id
    modules {
      id
      name
      description
      builtIn
    }
    projects {
      id
      name
    }
    policy @include(if: $readPolicy) {
      maximumLifetime
      defaultLifetime
      expiryRequired
      maximumActiveKeys
      warnBefore
    }
  }
}
    `) as unknown as TypedDocumentString<CreateKeyPlaceQuery, CreateKeyPlaceQueryVariables>;
export const CreateApiKeyInConsoleDocument = new TypedDocumentString(`
    mutation CreateApiKeyInConsole($input: CreateApiKeyInput!) {
  createApiKey(input: $input) {
    secret
    apiKey {
      id
      name
    }
  }
}
    `) as unknown as TypedDocumentString<CreateApiKeyInConsoleMutation, CreateApiKeyInConsoleMutationVariables>;
export const CreatePersonalKeyInConsoleDocument = new TypedDocumentString(`
    mutation CreatePersonalKeyInConsole($input: CreatePersonalAccessKeyInput!) {
  createPersonalAccessKey(input: $input) {
    secret
    personalAccessKey {
      id
      name
    }
  }
}
    `) as unknown as TypedDocumentString<CreatePersonalKeyInConsoleMutation, CreatePersonalKeyInConsoleMutationVariables>;
export const KeyPageDocument = new TypedDocumentString(`
    query KeyPage($id: ID!, $operator: Boolean!, $manager: Boolean!) {
  key(id: $id) {
    ...KeyFacts
  }
}
    fragment KeyFacts on Key {
  __typename
  id
  kind
  name
  description
  status
  createdAt
  expiresAt
  expiringSoon
  warnBefore
  metadata
  revokedAt
  revocationReason
  grants {
    module
    role
  }
  organization {
    id
    name
  }
  project {
    id
    name
  }
  secrets {
    hint
    state
    createdAt
    validUntil
    lastUsedAt
  }
  ... on ApiKey {
    createdBy @include(if: $operator) {
      kind
      id
      name
    }
    lastUsedAt @include(if: $operator)
    lastUsedFrom @include(if: $manager)
    allowedIps @include(if: $manager)
  }
  ... on PersonalAccessKey {
    owner {
      id
      name
    }
    createdBy {
      kind
      id
      name
    }
    lastUsedAt
    lastUsedFrom
    allowedIps
  }
}`) as unknown as TypedDocumentString<KeyPageQuery, KeyPageQueryVariables>;
export const KeyPolicyForChangeDocument = new TypedDocumentString(`
    query KeyPolicyForChange($organizationId: ID!) {
  organization(id: $organizationId) {
    id
    policy {
      maximumLifetime
      defaultLifetime
      expiryRequired
      maximumOverlap
    }
  }
}
    `) as unknown as TypedDocumentString<KeyPolicyForChangeQuery, KeyPolicyForChangeQueryVariables>;
export const KeyModulesDocument = new TypedDocumentString(`
    query KeyModules($organizationId: ID!) {
  organization(id: $organizationId) {
    id
    modules {
      id
      name
      description
      builtIn
    }
  }
}
    `) as unknown as TypedDocumentString<KeyModulesQuery, KeyModulesQueryVariables>;
export const KeyHistoryPageDocument = new TypedDocumentString(`
    query KeyHistoryPage($id: ID!, $origins: Boolean!, $first: Int!, $after: String) {
  key(id: $id) {
    id
    history(first: $first, after: $after) {
      edges {
        node {
          ...HistoryEvent
        }
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
}
    fragment HistoryEvent on AuditEvent {
  id
  sequence
  type
  occurredAt
  credentialId
  tokenId
  details
  requestId
  actor {
    kind
    id
    name
  }
  ipAddress @include(if: $origins)
  userAgent @include(if: $origins)
}`) as unknown as TypedDocumentString<KeyHistoryPageQuery, KeyHistoryPageQueryVariables>;
export const KeyTokenEventsDocument = new TypedDocumentString(`
    query KeyTokenEvents($organizationId: ID!, $keyId: ID!, $origins: Boolean!) {
  organization(id: $organizationId) {
    id
    auditEvents(
      filter: {targetId: $keyId, types: [TOKEN_ISSUED, TOKEN_REVOKED]}
      first: 100
    ) {
      edges {
        node {
          ...HistoryEvent
        }
      }
      pageInfo {
        hasNextPage
      }
    }
  }
}
    fragment HistoryEvent on AuditEvent {
  id
  sequence
  type
  occurredAt
  credentialId
  tokenId
  details
  requestId
  actor {
    kind
    id
    name
  }
  ipAddress @include(if: $origins)
  userAgent @include(if: $origins)
}`) as unknown as TypedDocumentString<KeyTokenEventsQuery, KeyTokenEventsQueryVariables>;
export const KeySuspensionDocument = new TypedDocumentString(`
    query KeySuspension($organizationId: ID!, $keyId: ID!) {
  organization(id: $organizationId) {
    id
    auditEvents(filter: {targetId: $keyId, types: [KEY_SUSPENDED]}, first: 1) {
      edges {
        node {
          id
          actor {
            id
          }
        }
      }
    }
  }
}
    `) as unknown as TypedDocumentString<KeySuspensionQuery, KeySuspensionQueryVariables>;
export const KeyOpenWarningsDocument = new TypedDocumentString(`
    query KeyOpenWarnings($organizationId: ID!, $after: String) {
  organization(id: $organizationId) {
    id
    expiryWarnings(acknowledged: false, first: 100, after: $after) {
      pageInfo {
        hasNextPage
        endCursor
      }
      edges {
        node {
          id
          threshold
          expiresAt
          createdAt
          key {
            id
          }
        }
      }
    }
  }
}
    `) as unknown as TypedDocumentString<KeyOpenWarningsQuery, KeyOpenWarningsQueryVariables>;
export const RotateKeyInConsoleDocument = new TypedDocumentString(`
    mutation RotateKeyInConsole($input: RotateKeyInput!) {
  rotateKey(input: $input) {
    secret
    previousSecretValidUntil
    key {
      id
      name
    }
  }
}
    `) as unknown as TypedDocumentString<RotateKeyInConsoleMutation, RotateKeyInConsoleMutationVariables>;
export const CompleteRotationInConsoleDocument = new TypedDocumentString(`
    mutation CompleteRotationInConsole($input: KeyIdInput!) {
  completeRotation(input: $input) {
    key {
      id
    }
  }
}
    `) as unknown as TypedDocumentString<CompleteRotationInConsoleMutation, CompleteRotationInConsoleMutationVariables>;
export const CancelRotationInConsoleDocument = new TypedDocumentString(`
    mutation CancelRotationInConsole($input: KeyIdInput!) {
  cancelRotation(input: $input) {
    key {
      id
    }
  }
}
    `) as unknown as TypedDocumentString<CancelRotationInConsoleMutation, CancelRotationInConsoleMutationVariables>;
export const SuspendKeyInConsoleDocument = new TypedDocumentString(`
    mutation SuspendKeyInConsole($input: KeyIdInput!) {
  suspendKey(input: $input) {
    key {
      id
    }
  }
}
    `) as unknown as TypedDocumentString<SuspendKeyInConsoleMutation, SuspendKeyInConsoleMutationVariables>;
export const ResumeKeyInConsoleDocument = new TypedDocumentString(`
    mutation ResumeKeyInConsole($input: KeyIdInput!) {
  resumeKey(input: $input) {
    key {
      id
    }
  }
}
    `) as unknown as TypedDocumentString<ResumeKeyInConsoleMutation, ResumeKeyInConsoleMutationVariables>;
export const RevokeKeyInConsoleDocument = new TypedDocumentString(`
    mutation RevokeKeyInConsole($input: RevokeKeyInput!) {
  revokeKey(input: $input) {
    revokedKeyIds
    key {
      id
    }
  }
}
    `) as unknown as TypedDocumentString<RevokeKeyInConsoleMutation, RevokeKeyInConsoleMutationVariables>;
export const UpdateKeyInConsoleDocument = new TypedDocumentString(`
    mutation UpdateKeyInConsole($input: UpdateKeyInput!) {
  updateKey(input: $input) {
    key {
      id
    }
  }
}
    `) as unknown as TypedDocumentString<UpdateKeyInConsoleMutation, UpdateKeyInConsoleMutationVariables>;
export const KeyListDocument = new TypedDocumentString(`
    query KeyList($organizationId: ID!, $filter: KeyFilter!, $orderBy: KeyOrder!, $first: Int, $after: String, $last: Int, $before: String, $isAll: Boolean!, $isApi: Boolean!, $isPersonal: Boolean!, $usage: Boolean!) {
  organization(id: $organizationId) {
    id
    keys(
      filter: $filter
      orderBy: $orderBy
      first: $first
      after: $after
      last: $last
      before: $before
    ) @include(if: $isAll) {
      edges {
        node {
          ...KeyRow
        }
      }
      pageInfo {
        ...KeyPageInfo
      }
    }
    apiKeys(
      filter: $filter
      orderBy: $orderBy
      first: $first
      after: $after
      last: $last
      before: $before
    ) @include(if: $isApi) {
      edges {
        node {
          ...KeyRow
        }
      }
      pageInfo {
        ...KeyPageInfo
      }
    }
    personalAccessKeys(
      filter: $filter
      orderBy: $orderBy
      first: $first
      after: $after
      last: $last
      before: $before
    ) @include(if: $isPersonal) {
      edges {
        node {
          ...KeyRow
        }
      }
      pageInfo {
        ...KeyPageInfo
      }
    }
  }
}
    fragment KeyPageInfo on PageInfo {
  hasNextPage
  hasPreviousPage
  startCursor
  endCursor
}
fragment KeyRow on Key {
  id
  kind
  name
  description
  status
  createdAt
  expiresAt
  expiringSoon
  lastUsedAt @include(if: $usage)
  grants {
    module
    role
  }
  organization {
    id
    name
  }
  project {
    id
    name
  }
  ... on ApiKey {
    createdBy @include(if: $usage) {
      id
    }
  }
  ... on PersonalAccessKey {
    owner {
      id
      name
    }
  }
}`) as unknown as TypedDocumentString<KeyListQuery, KeyListQueryVariables>;
export const KeyCountDocument = new TypedDocumentString(`
    query KeyCount($organizationId: ID!, $filter: KeyFilter!, $isAll: Boolean!, $isApi: Boolean!, $isPersonal: Boolean!) {
  organization(id: $organizationId) {
    id
    keys(filter: $filter, first: 1) @include(if: $isAll) {
      totalCount
    }
    apiKeys(filter: $filter, first: 1) @include(if: $isApi) {
      totalCount
    }
    personalAccessKeys(filter: $filter, first: 1) @include(if: $isPersonal) {
      totalCount
    }
  }
}
    `) as unknown as TypedDocumentString<KeyCountQuery, KeyCountQueryVariables>;
export const RevokeManyKeysDocument = new TypedDocumentString(`
    mutation RevokeManyKeys($input: RevokeKeysInput!) {
  revokeKeys(input: $input) {
    revokedCount
  }
}
    `) as unknown as TypedDocumentString<RevokeManyKeysMutation, RevokeManyKeysMutationVariables>;
export const NotificationsPageDocument = new TypedDocumentString(`
    query NotificationsPage($organizationId: ID!) {
  organization(id: $organizationId) {
    id
    projects {
      id
      name
    }
    notificationRoutes {
      ...RouteFields
    }
  }
}
    fragment RouteFields on NotificationRoute {
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
  project {
    id
    name
  }
}`) as unknown as TypedDocumentString<NotificationsPageQuery, NotificationsPageQueryVariables>;
export const NotificationDeliveriesDocument = new TypedDocumentString(`
    query NotificationDeliveries($routeId: ID!, $status: DeliveryStatus, $first: Int, $after: String, $events: Boolean!) {
  node(id: $routeId) {
    __typename
    ... on NotificationRoute {
      id
      name
      deliveries(status: $status, first: $first, after: $after) {
        edges {
          node {
            id
            status
            attempts
            createdAt
            lastAttemptAt
            nextAttemptAt
            deliveredAt
            responseStatus
            error
            event @include(if: $events) {
              id
              type
              sequence
              targetName
            }
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
    `) as unknown as TypedDocumentString<NotificationDeliveriesQuery, NotificationDeliveriesQueryVariables>;
export const NotificationsCreateDocument = new TypedDocumentString(`
    mutation NotificationsCreate($input: CreateNotificationRouteInput!) {
  createNotificationRoute(input: $input) {
    signingSecret
    route {
      id
      name
    }
  }
}
    `) as unknown as TypedDocumentString<NotificationsCreateMutation, NotificationsCreateMutationVariables>;
export const NotificationsUpdateDocument = new TypedDocumentString(`
    mutation NotificationsUpdate($input: UpdateNotificationRouteInput!) {
  updateNotificationRoute(input: $input) {
    signingSecret
    route {
      id
      name
      enabled
    }
  }
}
    `) as unknown as TypedDocumentString<NotificationsUpdateMutation, NotificationsUpdateMutationVariables>;
export const NotificationsDeleteDocument = new TypedDocumentString(`
    mutation NotificationsDelete($input: DeleteNotificationRouteInput!) {
  deleteNotificationRoute(input: $input) {
    deletedRouteId
  }
}
    `) as unknown as TypedDocumentString<NotificationsDeleteMutation, NotificationsDeleteMutationVariables>;
export const NotificationsTestDocument = new TypedDocumentString(`
    mutation NotificationsTest($input: SendTestNotificationInput!) {
  sendTestNotification(input: $input) {
    delivery {
      id
      status
      responseStatus
      error
    }
  }
}
    `) as unknown as TypedDocumentString<NotificationsTestMutation, NotificationsTestMutationVariables>;
export const NotificationsRedeliverDocument = new TypedDocumentString(`
    mutation NotificationsRedeliver($input: RedeliverNotificationsInput!) {
  redeliverNotifications(input: $input) {
    route {
      id
      position
    }
  }
}
    `) as unknown as TypedDocumentString<NotificationsRedeliverMutation, NotificationsRedeliverMutationVariables>;
export const OverviewDocument = new TypedDocumentString(`
    query Overview($organizationId: ID!, $soon: KeyFilter!, $unused: KeyFilter!, $endless: KeyFilter!, $isAll: Boolean!, $isApi: Boolean!, $usage: Boolean!) {
  organization(id: $organizationId) {
    id
    soonApi: apiKeys(
      filter: $soon
      orderBy: {field: EXPIRES_AT, direction: ASC}
      first: 100
    ) @include(if: $isApi) {
      edges {
        node {
          ...ExpiringKey
        }
      }
    }
    soonAll: keys(
      filter: $soon
      orderBy: {field: EXPIRES_AT, direction: ASC}
      first: 100
    ) @include(if: $isAll) {
      edges {
        node {
          ...ExpiringKey
        }
      }
    }
    unusedApi: apiKeys(
      filter: $unused
      orderBy: {field: CREATED_AT, direction: ASC}
      first: 5
    ) @include(if: $isApi) {
      edges {
        node {
          ...IdleKey
        }
      }
    }
    unusedAll: keys(
      filter: $unused
      orderBy: {field: CREATED_AT, direction: ASC}
      first: 5
    ) @include(if: $isAll) {
      edges {
        node {
          ...IdleKey
        }
      }
    }
    endlessApi: apiKeys(
      filter: $endless
      orderBy: {field: CREATED_AT, direction: ASC}
      first: 5
    ) @include(if: $isApi) {
      edges {
        node {
          ...IdleKey
        }
      }
    }
    endlessAll: keys(
      filter: $endless
      orderBy: {field: CREATED_AT, direction: ASC}
      first: 5
    ) @include(if: $isAll) {
      edges {
        node {
          ...IdleKey
        }
      }
    }
  }
}
    fragment ExpiringKey on Key {
  id
  name
  kind
  expiresAt
  organization {
    id
    name
  }
}
fragment IdleKey on Key {
  id
  name
  kind
  createdAt
  lastUsedAt @include(if: $usage)
  organization {
    id
    name
  }
}`) as unknown as TypedDocumentString<OverviewQuery, OverviewQueryVariables>;
export const OverviewFiguresDocument = new TypedDocumentString(`
    query OverviewFigures($organizationId: ID!, $soon: KeyFilter!, $active: KeyFilter!, $unused: KeyFilter!, $endless: KeyFilter!, $isAll: Boolean!, $isApi: Boolean!) {
  organization(id: $organizationId) {
    id
    soonApi: apiKeys(filter: $soon, first: 1) @include(if: $isApi) {
      totalCount
    }
    soonAll: keys(filter: $soon, first: 1) @include(if: $isAll) {
      totalCount
    }
    activeApi: apiKeys(filter: $active, first: 1) @include(if: $isApi) {
      totalCount
    }
    activeAll: keys(filter: $active, first: 1) @include(if: $isAll) {
      totalCount
    }
    unusedApi: apiKeys(filter: $unused, first: 1) @include(if: $isApi) {
      totalCount
    }
    unusedAll: keys(filter: $unused, first: 1) @include(if: $isAll) {
      totalCount
    }
    endlessApi: apiKeys(filter: $endless, first: 1) @include(if: $isApi) {
      totalCount
    }
    endlessAll: keys(filter: $endless, first: 1) @include(if: $isAll) {
      totalCount
    }
  }
}
    `) as unknown as TypedDocumentString<OverviewFiguresQuery, OverviewFiguresQueryVariables>;
export const OverviewWarningsDocument = new TypedDocumentString(`
    query OverviewWarnings($organizationId: ID!) {
  organization(id: $organizationId) {
    expiryWarnings(acknowledged: false, first: 6) {
      edges {
        node {
          id
          expiresAt
          threshold
          key {
            id
            name
            organization {
              id
            }
          }
        }
      }
      pageInfo {
        hasNextPage
      }
    }
  }
}
    `) as unknown as TypedDocumentString<OverviewWarningsQuery, OverviewWarningsQueryVariables>;
export const OverviewEventsDocument = new TypedDocumentString(`
    query OverviewEvents($organizationId: ID!) {
  organization(id: $organizationId) {
    auditEvents(first: 8) {
      edges {
        node {
          id
          type
          occurredAt
          targetId
          targetName
          actor {
            kind
            name
          }
        }
      }
    }
  }
}
    `) as unknown as TypedDocumentString<OverviewEventsQuery, OverviewEventsQueryVariables>;
export const OverviewRoutesDocument = new TypedDocumentString(`
    query OverviewRoutes($organizationId: ID!) {
  organization(id: $organizationId) {
    notificationRoutes {
      id
    }
  }
}
    `) as unknown as TypedDocumentString<OverviewRoutesQuery, OverviewRoutesQueryVariables>;
export const PeopleMembersDocument = new TypedDocumentString(`
    query PeopleMembers($organizationId: ID!, $first: Int, $after: String) {
  organization(id: $organizationId) {
    id
    modules {
      id
      name
      description
      builtIn
    }
    members(first: $first, after: $after) {
      edges {
        node {
          ...MemberRow
        }
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
}
    fragment MemberRow on Member {
  id
  inherited
  joinedAt
  grants {
    module
    role
  }
  organization {
    id
    name
  }
  user {
    id
    name
    email
  }
}`) as unknown as TypedDocumentString<PeopleMembersQuery, PeopleMembersQueryVariables>;
export const PeopleKeyGrantsDocument = new TypedDocumentString(`
    query PeopleKeyGrants($organizationId: ID!, $filter: KeyFilter, $first: Int, $after: String) {
  organization(id: $organizationId) {
    id
    modules {
      id
      name
      description
      builtIn
    }
    apiKeys(
      filter: $filter
      first: $first
      after: $after
      orderBy: {field: NAME, direction: ASC}
    ) {
      totalCount
      edges {
        node {
          id
          name
          grants {
            module
            role
          }
          organization {
            id
            name
          }
        }
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
}
    `) as unknown as TypedDocumentString<PeopleKeyGrantsQuery, PeopleKeyGrantsQueryVariables>;
export const PeopleInvitationsDocument = new TypedDocumentString(`
    query PeopleInvitations($organizationId: ID!) {
  organization(id: $organizationId) {
    id
    modules {
      id
      name
      description
      builtIn
    }
    invitations {
      id
      email
      expiresAt
      acceptable
      grants {
        module
        role
      }
    }
  }
}
    `) as unknown as TypedDocumentString<PeopleInvitationsQuery, PeopleInvitationsQueryVariables>;
export const MemberImpactDocument = new TypedDocumentString(`
    query MemberImpact($organizationId: ID!, $userId: ID!, $personal: Boolean!, $api: Boolean!) {
  organization(id: $organizationId) {
    id
    personalAccessKeys(
      first: 5
      filter: {createdById: $userId, status: [ACTIVE, SUSPENDED], includeSuborganizations: true}
    ) @include(if: $personal) {
      totalCount
      edges {
        node {
          id
          name
          lastUsedAt
        }
      }
    }
    apiKeys(
      first: 5
      filter: {createdById: $userId, status: [ACTIVE, SUSPENDED], includeSuborganizations: true}
    ) @include(if: $api) {
      totalCount
      edges {
        node {
          id
          name
        }
      }
    }
  }
}
    `) as unknown as TypedDocumentString<MemberImpactQuery, MemberImpactQueryVariables>;
export const PeopleInviteDocument = new TypedDocumentString(`
    mutation PeopleInvite($input: InviteMemberInput!) {
  inviteMember(input: $input) {
    invitationToken
    expiresAt
    invitation {
      id
      email
    }
  }
}
    `) as unknown as TypedDocumentString<PeopleInviteMutation, PeopleInviteMutationVariables>;
export const PeopleRevokeInvitationDocument = new TypedDocumentString(`
    mutation PeopleRevokeInvitation($input: RevokeInvitationInput!) {
  revokeInvitation(input: $input) {
    revokedInvitationId
  }
}
    `) as unknown as TypedDocumentString<PeopleRevokeInvitationMutation, PeopleRevokeInvitationMutationVariables>;
export const PeopleUpdateMemberDocument = new TypedDocumentString(`
    mutation PeopleUpdateMember($input: UpdateMemberInput!) {
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
    `) as unknown as TypedDocumentString<PeopleUpdateMemberMutation, PeopleUpdateMemberMutationVariables>;
export const PeopleRemoveMemberDocument = new TypedDocumentString(`
    mutation PeopleRemoveMember($input: RemoveMemberInput!) {
  removeMember(input: $input) {
    removedMemberId
    revokedKeyIds
    createdApiKeyIds
  }
}
    `) as unknown as TypedDocumentString<PeopleRemoveMemberMutation, PeopleRemoveMemberMutationVariables>;
export const PoliciesPageDocument = new TypedDocumentString(`
    query PoliciesPage($organizationId: ID!) {
  organization(id: $organizationId) {
    id
    name
    policy {
      ...PolicyFields
    }
    parent {
      id
      name
      policy {
        ...PolicyFields
      }
    }
  }
}
    fragment PolicyFields on KeyPolicy {
  maximumLifetime
  defaultLifetime
  expiryRequired
  warnBefore
  escalateWarnings
  maximumOverlap
  maximumActiveKeys
  accessTokenLifetime
  onRetiredSecretUse
  onLeak
  revokeUnusedAfter
}`) as unknown as TypedDocumentString<PoliciesPageQuery, PoliciesPageQueryVariables>;
export const PoliciesPreviewDocument = new TypedDocumentString(`
    query PoliciesPreview($organizationId: ID!, $policy: KeyPolicyInput!) {
  organization(id: $organizationId) {
    id
    policyPreview(policy: $policy) {
      nonConformingKeys
      nonConformingKeyIds
      policy {
        ...PolicyFields
      }
    }
  }
}
    fragment PolicyFields on KeyPolicy {
  maximumLifetime
  defaultLifetime
  expiryRequired
  warnBefore
  escalateWarnings
  maximumOverlap
  maximumActiveKeys
  accessTokenLifetime
  onRetiredSecretUse
  onLeak
  revokeUnusedAfter
}`) as unknown as TypedDocumentString<PoliciesPreviewQuery, PoliciesPreviewQueryVariables>;
export const PoliciesConsequencesDocument = new TypedDocumentString(`
    query PoliciesConsequences($organizationId: ID!, $ids: [ID!], $unusedSince: DateTime, $withIds: Boolean!, $withUnused: Boolean!) {
  organization(id: $organizationId) {
    id
    named: keys(
      first: 5
      filter: {ids: $ids, includeSuborganizations: true}
      orderBy: {field: NAME, direction: ASC}
    ) @include(if: $withIds) {
      edges {
        node {
          id
          name
          expiresAt
          organization {
            id
            name
          }
        }
      }
    }
    unused: keys(
      first: 1
      filter: {unusedSince: $unusedSince, status: [ACTIVE], includeSuborganizations: true}
    ) @include(if: $withUnused) {
      totalCount
    }
    active: keys(
      first: 1
      filter: {status: [ACTIVE], includeSuborganizations: true}
    ) {
      totalCount
    }
  }
}
    `) as unknown as TypedDocumentString<PoliciesConsequencesQuery, PoliciesConsequencesQueryVariables>;
export const PoliciesUpdateDocument = new TypedDocumentString(`
    mutation PoliciesUpdate($input: UpdateKeyPolicyInput!) {
  updateKeyPolicy(input: $input) {
    organization {
      id
      policy {
        ...PolicyFields
      }
    }
  }
}
    fragment PolicyFields on KeyPolicy {
  maximumLifetime
  defaultLifetime
  expiryRequired
  warnBefore
  escalateWarnings
  maximumOverlap
  maximumActiveKeys
  accessTokenLifetime
  onRetiredSecretUse
  onLeak
  revokeUnusedAfter
}`) as unknown as TypedDocumentString<PoliciesUpdateMutation, PoliciesUpdateMutationVariables>;
export const StructureOrganizationDocument = new TypedDocumentString(`
    query StructureOrganization($id: ID!) {
  organization(id: $id) {
    id
    name
    slug
    suborganizations {
      id
      name
      slug
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
    parent {
      id
      name
    }
  }
}
    `) as unknown as TypedDocumentString<StructureOrganizationQuery, StructureOrganizationQueryVariables>;
export const StructureChildrenDocument = new TypedDocumentString(`
    query StructureChildren($id: ID!) {
  organization(id: $id) {
    id
    suborganizations {
      id
      name
      slug
    }
    projects {
      id
      name
      slug
    }
  }
}
    `) as unknown as TypedDocumentString<StructureChildrenQuery, StructureChildrenQueryVariables>;
export const StructureCreateOrganizationDocument = new TypedDocumentString(`
    mutation StructureCreateOrganization($input: CreateOrganizationInput!) {
  createOrganization(input: $input) {
    organization {
      id
      name
      slug
    }
  }
}
    `) as unknown as TypedDocumentString<StructureCreateOrganizationMutation, StructureCreateOrganizationMutationVariables>;
export const StructureCreateProjectDocument = new TypedDocumentString(`
    mutation StructureCreateProject($input: CreateProjectInput!) {
  createProject(input: $input) {
    project {
      id
      name
      slug
    }
  }
}
    `) as unknown as TypedDocumentString<StructureCreateProjectMutation, StructureCreateProjectMutationVariables>;
export const StructureDefineModuleDocument = new TypedDocumentString(`
    mutation StructureDefineModule($input: DefineModuleInput!) {
  defineModule(input: $input) {
    module {
      id
      name
    }
  }
}
    `) as unknown as TypedDocumentString<StructureDefineModuleMutation, StructureDefineModuleMutationVariables>;
export const WarningInboxDocument = new TypedDocumentString(`
    query WarningInbox($organizationId: ID!, $acknowledged: Boolean, $first: Int, $after: String, $last: Int, $before: String, $operator: Boolean!, $manager: Boolean!) {
  organization(id: $organizationId) {
    id
    expiryWarnings(
      acknowledged: $acknowledged
      first: $first
      after: $after
      last: $last
      before: $before
    ) {
      edges {
        node {
          ...WarningLine
        }
      }
      pageInfo {
        hasNextPage
        hasPreviousPage
        startCursor
        endCursor
      }
    }
  }
}
    fragment KeyFacts on Key {
  __typename
  id
  kind
  name
  description
  status
  createdAt
  expiresAt
  expiringSoon
  warnBefore
  metadata
  revokedAt
  revocationReason
  grants {
    module
    role
  }
  organization {
    id
    name
  }
  project {
    id
    name
  }
  secrets {
    hint
    state
    createdAt
    validUntil
    lastUsedAt
  }
  ... on ApiKey {
    createdBy @include(if: $operator) {
      kind
      id
      name
    }
    lastUsedAt @include(if: $operator)
    lastUsedFrom @include(if: $manager)
    allowedIps @include(if: $manager)
  }
  ... on PersonalAccessKey {
    owner {
      id
      name
    }
    createdBy {
      kind
      id
      name
    }
    lastUsedAt
    lastUsedFrom
    allowedIps
  }
}
fragment WarningLine on ExpiryWarning {
  id
  threshold
  expiresAt
  createdAt
  acknowledgedAt
  acknowledgedBy {
    kind
    name
  }
  key {
    ...KeyFacts
  }
  deliveries {
    id
    status
    attempts
    deliveredAt
    lastAttemptAt
    nextAttemptAt
    responseStatus
    error
    route {
      id
      name
      channel
      enabled
    }
  }
}`) as unknown as TypedDocumentString<WarningInboxQuery, WarningInboxQueryVariables>;
export const AcknowledgeWarningInConsoleDocument = new TypedDocumentString(`
    mutation AcknowledgeWarningInConsole($input: AcknowledgeExpiryWarningInput!) {
  acknowledgeExpiryWarning(input: $input) {
    expiryWarning {
      id
    }
  }
}
    `) as unknown as TypedDocumentString<AcknowledgeWarningInConsoleMutation, AcknowledgeWarningInConsoleMutationVariables>;