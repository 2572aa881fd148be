import type { FastifyInstance } from 'fastify'
import { refuseOtherMethods } from './form.ts'

export interface WellKnownOptions {
  readonly issuer: string
  readonly algorithm: string
  readonly keySet: () => { readonly keys: readonly object[] }
  /** Public keys of every signing key that has signed a checkpoint. */
  readonly checkpointKeySet: () => Promise<{ readonly keys: readonly object[] }>
}

/** Far shorter than the time between the publication of a signing key and its first use. */
const PUBLIC = 'public, max-age=300, stale-while-revalidate=600'

const METADATA_PATH = '/.well-known/oauth-authorization-server'
const KEY_SET_PATH = '/.well-known/jwks.json'
const CHECKPOINT_KEYS_PATH = '/.well-known/keyturn/checkpoint-keys'

/** Authorization server metadata (RFC 8414) and the public keys (RFC 7517). */
export const registerWellKnown = (
  server: FastifyInstance,
  { issuer, algorithm, keySet, checkpointKeySet }: WellKnownOptions,
): void => {
  const metadata = {
    issuer,
    token_endpoint: `${issuer}/oauth/token`,
    introspection_endpoint: `${issuer}/oauth/introspect`,
    revocation_endpoint: `${issuer}/oauth/revoke`,
    jwks_uri: `${issuer}${KEY_SET_PATH}`,
    response_types_supported: [],
    grant_types_supported: ['client_credentials', 'urn:ietf:params:oauth:grant-type:token-exchange'],
    token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post', 'none'],
    introspection_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post', 'Bearer'],
    revocation_endpoint_auth_methods_supported: ['none', 'client_secret_basic', 'client_secret_post'],
    access_token_signing_alg_values_supported: [algorithm],
    service_documentation: `${issuer}/graphql`,
  }
  refuseOtherMethods(server, [METADATA_PATH, KEY_SET_PATH, CHECKPOINT_KEYS_PATH], 'GET', {
    error: 'invalid_request',
    error_description: 'Send a GET request.',
  })
  server.get(METADATA_PATH, async (_request, reply) => reply.header('cache-control', PUBLIC).send(metadata))
  server.get(KEY_SET_PATH, async (_request, reply) => reply.header('cache-control', PUBLIC).send(keySet()))
  server.get(CHECKPOINT_KEYS_PATH, async (_request, reply) =>
    reply.header('cache-control', PUBLIC).send(await checkpointKeySet()),
  )
}
