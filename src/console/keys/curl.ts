export interface CurlTarget {
  /** The origin of the server. */
  readonly origin: string
  readonly keyId: string
  readonly secret: string
}

/** Commands for a shell: exchanges the secret for an access token and calls the GraphQL API with it. */
export const curlExample = ({ origin, keyId, secret }: CurlTarget): string =>
  [
    `export KEYTURN_SECRET='${secret}'`,
    `TOKEN=$(curl -fsS ${origin}/oauth/token \\`,
    `  -u "${keyId}:$KEYTURN_SECRET" \\`,
    `  -d grant_type=client_credentials -d resource=${origin} |`,
    `  sed 's/.*"access_token":"\\([^"]*\\)".*/\\1/')`,
    `curl -fsS ${origin}/graphql \\`,
    `  -H "authorization: Bearer $TOKEN" -H 'content-type: application/json' \\`,
    `  -d '{"query":"{ viewer { kind key { name expiresAt } } }"}'`,
  ].join('\n')
