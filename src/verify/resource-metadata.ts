/** Protected resource metadata (RFC 9728 section 2). */
export interface ResourceMetadata {
  readonly resource: string
  readonly authorization_servers: readonly string[]
  readonly bearer_methods_supported: readonly string[]
  readonly scopes_supported?: readonly string[]
}

/**
 * The document that a service publishes at `/.well-known/oauth-protected-resource` (RFC 9728 section 3). Its URL is the
 * `metadataUrl` of an adapter.
 *
 * @param options.resource identifier of the service, as in `resource` of clients and `aud` of tokens
 * @param options.scopes the grants that the service requires
 */
export const resourceMetadata = (options: {
  readonly resource: string
  readonly issuer: string
  readonly scopes?: readonly string[]
}): ResourceMetadata => ({
  resource: options.resource,
  authorization_servers: [options.issuer],
  bearer_methods_supported: ['header'],
  ...(options.scopes === undefined ? {} : { scopes_supported: options.scopes }),
})
