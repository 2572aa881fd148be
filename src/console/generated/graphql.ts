/* eslint-disable */
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
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
  /** A console session ended before it expired. */
  | 'SESSION_ENDED'
  /** A person signed in to the console. */
  | 'SESSION_STARTED'
  /** The key that signs access tokens was rotated. */
  | 'SIGNING_KEY_ROTATED'
  /** An access token was issued. */
  | 'TOKEN_ISSUED'
  /** An access token was revoked before it expired. */
  | 'TOKEN_REVOKED';

/** Which keys to find. What is left out does not filter. */
export type KeyFilter = {
  /** Keys whose lifetime the policy would still allow, or those whose lifetime it would not. */
  conformsToPolicy?: boolean | null | undefined;
  /** Keys created after this instant. */
  createdAfter?: string | null | undefined;
  /** Keys created before this instant. */
  createdBefore?: string | null | undefined;
  /** Keys that this user or API key created. */
  createdById?: string | null | undefined;
  /** Keys that expire before this instant. */
  expiringBefore?: string | null | undefined;
  /** Only these keys; at most 100 ids. Ids that the list does not have find nothing. */
  ids?: Array<string> | null | undefined;
  /** Also the keys of the organizations below. Default: false. */
  includeSuborganizations?: boolean | null | undefined;
  /** Keys with a role in this module, by name or by *. */
  module?: string | null | undefined;
  /** Keys that never expire, or those that do. */
  neverExpires?: boolean | null | undefined;
  /** Keys of this project. */
  projectId?: string | null | undefined;
  /** Keys with at least this role in that module, or in all modules where none is named. */
  role?: Role | null | undefined;
  /** Part of the name, the description or a secret's hint, in any case; or a whole id. */
  search?: string | null | undefined;
  /** Keys in any of these states; at most 100 items. */
  status?: Array<KeyStatus> | null | undefined;
  /** Keys not used since this instant; one that was never used counts from its creation. */
  unusedSince?: string | null | undefined;
};

/** Whose a key is. */
export type KeyKind =
  /** Of an organization or one of its projects, for machines. */
  | 'API_KEY'
  /** Of a person. */
  | 'PERSONAL_ACCESS_KEY';

/** How to order keys. */
export type KeyOrder = {
  /** Which way. */
  direction: OrderDirection;
  /** What to order by. */
  field: KeyOrderField;
};

/** What to order keys by. */
export type KeyOrderField =
  /** By creation. */
  | 'CREATED_AT'
  /** By expiry; those that never expire after all others. */
  | 'EXPIRES_AT'
  /** By last use; those that were never used before all others. */
  | 'LAST_USED_AT'
  /** By name, in the order of the characters. */
  | 'NAME';

/** Whether a key works, and why not. */
export type KeyStatus =
  /** It works. */
  | 'ACTIVE'
  /** Its time is over; a rotation brings it back. */
  | 'EXPIRED'
  /** It was ended for good. */
  | 'REVOKED'
  /** It was stopped for a while, and can be resumed. */
  | 'SUSPENDED';

/** Which way to order. */
export type OrderDirection =
  /** Smallest first. */
  | 'ASC'
  /** Largest first. */
  | 'DESC';

/** Why a key was revoked. */
export type RevocationReason =
  /** The secret is known to somebody who should not know it. */
  | 'COMPROMISED'
  /** What used it is gone. */
  | 'NO_LONGER_NEEDED'
  /** Its owner is no longer a member. */
  | 'OWNER_LEFT'
  /** The key policy wanted it. */
  | 'POLICY'
  /** Another key took its place. */
  | 'SUPERSEDED'
  /** Nobody said. */
  | 'UNSPECIFIED';

/** Which keys to end, and how many the caller expects them to be. */
export type RevokeKeysInput = {
  /** Must equal the number of keys that it would revoke, or nothing is revoked and the error is CONFLICT. */
  expectedCount: number;
  /** Which of its keys; those revoked already do not count. */
  filter: KeyFilter;
  /** Keys of this kind alone. */
  kind?: KeyKind | null | undefined;
  /** The organization. */
  organizationId: string;
  /** Why; UNSPECIFIED where none is given. */
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

type KeyRow_ApiKey_Fragment = { id: string, kind: KeyKind, name: string, description: string | null, status: KeyStatus, createdAt: string, expiresAt: string | null, expiringSoon: boolean, lastUsedAt?: string | null, grants: Array<{ module: string, role: Role }>, organization: { id: string, name: string }, project: { id: string, name: string } | null } & { ' $fragmentName'?: 'KeyRow_ApiKey_Fragment' };

type KeyRow_PersonalAccessKey_Fragment = { id: string, kind: KeyKind, name: string, description: string | null, status: KeyStatus, createdAt: string, expiresAt: string | null, expiringSoon: boolean, lastUsedAt?: string | null, owner: { id: string, name: string }, grants: Array<{ module: string, role: Role }>, organization: { id: string, name: string }, project: { id: string, name: string } | null } & { ' $fragmentName'?: 'KeyRow_PersonalAccessKey_Fragment' };

export type KeyRowFragment =
  | KeyRow_ApiKey_Fragment
  | KeyRow_PersonalAccessKey_Fragment
;

export type RevokeManyKeysMutationVariables = Exact<{
  input: RevokeKeysInput;
}>;


export type RevokeManyKeysMutation = { revokeKeys: { revokedCount: number } };

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
  ... on PersonalAccessKey {
    owner {
      id
      name
    }
  }
}
    `, {"fragmentName":"KeyRow"}) as unknown as TypedDocumentString<KeyRowFragment, unknown>;
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