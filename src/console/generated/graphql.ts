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
  /** The name or slug of an organization was changed. */
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

/** Whose a key is. */
export type KeyKind =
  /** Of an organization or one of its projects, for machines. */
  | 'API_KEY'
  /** Of a person. */
  | 'PERSONAL_ACCESS_KEY';

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