import type { VerifyError } from './verify-error.ts'

/** The response of an HTTP adapter to a rejected request. */
export interface RefusalResponse {
  readonly status: 401 | 403 | 503
  readonly headers: Readonly<Record<string, string>>
  readonly body: { readonly error: string; readonly error_description: string }
}

/**
 * The response to a rejected request.
 *
 * @param metadataUrl where the protected resource metadata is (RFC 9728 section 5.1)
 */
export const refusalResponse = (error: VerifyError, metadataUrl?: string): RefusalResponse => {
  const separator = error.wwwAuthenticate.includes(' ') ? ', ' : ' '
  const metadata = metadataUrl === undefined ? '' : `${separator}resource_metadata="${new URL(metadataUrl).href}"`
  return {
    status: error.status,
    headers:
      error.status === 503
        ? { 'cache-control': 'no-store', 'retry-after': '1' }
        : { 'cache-control': 'no-store', 'www-authenticate': error.wwwAuthenticate + metadata },
    body: { error: error.code, error_description: error.message },
  }
}
