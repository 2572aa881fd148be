/** An operation that GraphiQL opens in a tab of its own, with variables to fill in. */
export interface GraphiQLTab {
  readonly query: string
  readonly variables?: string
}

const variables = (values: Record<string, unknown>): string => JSON.stringify(values, null, 2)

const ORGANIZATION_ID = 'org_...'
const KEY_ID = 'key_...'

/** Operations for a first visit: find out who is calling, then create, watch, rotate and revoke a key. */
export const GRAPHIQL_TABS: readonly GraphiQLTab[] = [
  {
    query: `# Signed in at the console? Run this. Otherwise put a credential under Headers first:
#   {"authorization": "Bearer kt_pk_..."}
# Then re-fetch the schema (Ctrl-Shift-R) for documentation and completion.
# Copy the id of an organization into the variables of the other tabs.
query Viewer {
  viewer {
    kind
    user { name email }
    organizations { id name slug }
  }
}
`,
  },
  {
    query: `# Creates an API key. The secret is shown once, in this answer.
mutation Create($input: CreateApiKeyInput!) {
  createApiKey(input: $input) {
    secret
    apiKey { id name expiresAt grants { module role } }
  }
}
`,
    variables: variables({
      input: {
        organizationId: ORGANIZATION_ID,
        name: 'nightly-build',
        grants: [{ module: 'keys', role: 'VIEWER' }],
        expiresIn: 'P30D',
      },
    }),
  },
  {
    query: `# Stays open: each change to a key, and each warning before one expires, arrives as it happens.
# To continue after a sequence that you have, pass it as "after"; 0 replays everything.
subscription Watch($organizationId: ID!, $after: SafeInt) {
  keyEvents(organizationId: $organizationId, after: $after) {
    sequence
    type
    occurredAt
    targetName
    actor { kind name }
    details
  }
}
`,
    variables: variables({ organizationId: ORGANIZATION_ID }),
  },
  {
    query: `# Issues a new secret. The old one keeps working for the overlap.
mutation Rotate($input: RotateKeyInput!) {
  rotateKey(input: $input) {
    secret
    key { id name expiresAt secrets { hint state validUntil lastUsedAt } }
  }
}
`,
    variables: variables({ input: { id: KEY_ID, overlap: 'PT24H' } }),
  },
  {
    query: `# Ends a key everywhere at once. This cannot be undone.
mutation Revoke($input: RevokeKeyInput!) {
  revokeKey(input: $input) {
    key { id name status }
    revokedKeyIds
  }
}
`,
    variables: variables({ input: { id: KEY_ID, reason: 'NO_LONGER_NEEDED' } }),
  },
]
