/* eslint-disable */
import * as types from './graphql.ts';



/**
 * Map of all GraphQL operations in the project.
 *
 * This map has several performance disadvantages:
 * 1. It is not tree-shakeable, so it will include all operations in the project.
 * 2. It is not minifiable, so the string of a GraphQL query will be multiple times inside the bundle.
 * 3. It does not support dead code elimination, so it will add unused operations.
 *
 * Therefore it is highly recommended to use the babel or swc plugin for production.
 * Learn more about it here: https://the-guild.dev/graphql/codegen/plugins/presets/preset-client#reducing-bundle-size
 */
type Documents = {
    "query ShellViewer {\n  viewer {\n    kind\n    user {\n      id\n      name\n      email\n    }\n    key {\n      id\n      kind\n      name\n      expiresAt\n    }\n    organizations {\n      id\n      name\n    }\n  }\n}\n\nquery ShellOrganization($id: ID!) {\n  viewer {\n    grants(organizationId: $id) {\n      module\n      role\n    }\n  }\n  organization(id: $id) {\n    id\n    name\n    parent {\n      id\n      name\n    }\n    suborganizations {\n      id\n      name\n    }\n  }\n}\n\nquery KeyPlace($id: ID!) {\n  key(id: $id) {\n    id\n    organization {\n      id\n    }\n  }\n}\n\nquery LiveStart($organizationId: ID!) {\n  organization(id: $organizationId) {\n    auditEvents(first: 1) {\n      edges {\n        node {\n          sequence\n        }\n      }\n    }\n  }\n}\n\nsubscription LiveKeyEvents($organizationId: ID!, $after: SafeInt) {\n  keyEvents(organizationId: $organizationId, after: $after) {\n    id\n    sequence\n    type\n    occurredAt\n    organizationId\n    targetId\n    targetName\n    details\n    actor {\n      kind\n      id\n      name\n    }\n  }\n}": typeof types.ShellViewerDocument,
};
const documents: Documents = {
    "query ShellViewer {\n  viewer {\n    kind\n    user {\n      id\n      name\n      email\n    }\n    key {\n      id\n      kind\n      name\n      expiresAt\n    }\n    organizations {\n      id\n      name\n    }\n  }\n}\n\nquery ShellOrganization($id: ID!) {\n  viewer {\n    grants(organizationId: $id) {\n      module\n      role\n    }\n  }\n  organization(id: $id) {\n    id\n    name\n    parent {\n      id\n      name\n    }\n    suborganizations {\n      id\n      name\n    }\n  }\n}\n\nquery KeyPlace($id: ID!) {\n  key(id: $id) {\n    id\n    organization {\n      id\n    }\n  }\n}\n\nquery LiveStart($organizationId: ID!) {\n  organization(id: $organizationId) {\n    auditEvents(first: 1) {\n      edges {\n        node {\n          sequence\n        }\n      }\n    }\n  }\n}\n\nsubscription LiveKeyEvents($organizationId: ID!, $after: SafeInt) {\n  keyEvents(organizationId: $organizationId, after: $after) {\n    id\n    sequence\n    type\n    occurredAt\n    organizationId\n    targetId\n    targetName\n    details\n    actor {\n      kind\n      id\n      name\n    }\n  }\n}": types.ShellViewerDocument,
};

/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "query ShellViewer {\n  viewer {\n    kind\n    user {\n      id\n      name\n      email\n    }\n    key {\n      id\n      kind\n      name\n      expiresAt\n    }\n    organizations {\n      id\n      name\n    }\n  }\n}\n\nquery ShellOrganization($id: ID!) {\n  viewer {\n    grants(organizationId: $id) {\n      module\n      role\n    }\n  }\n  organization(id: $id) {\n    id\n    name\n    parent {\n      id\n      name\n    }\n    suborganizations {\n      id\n      name\n    }\n  }\n}\n\nquery KeyPlace($id: ID!) {\n  key(id: $id) {\n    id\n    organization {\n      id\n    }\n  }\n}\n\nquery LiveStart($organizationId: ID!) {\n  organization(id: $organizationId) {\n    auditEvents(first: 1) {\n      edges {\n        node {\n          sequence\n        }\n      }\n    }\n  }\n}\n\nsubscription LiveKeyEvents($organizationId: ID!, $after: SafeInt) {\n  keyEvents(organizationId: $organizationId, after: $after) {\n    id\n    sequence\n    type\n    occurredAt\n    organizationId\n    targetId\n    targetName\n    details\n    actor {\n      kind\n      id\n      name\n    }\n  }\n}"): typeof import('./graphql.ts').ShellViewerDocument;


export function graphql(source: string) {
  return (documents as any)[source] ?? {};
}
