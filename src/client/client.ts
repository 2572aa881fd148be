import type { KeyturnClient, KeyturnClientOptions } from './client-types.ts'
import { openClient } from './open-client.ts'

export type { ExecuteOptions, KeyturnClient, KeyturnClientOptions, SubscribeOptions } from './client-types.ts'
export type { CredentialFunction, CredentialSource } from './credential.ts'
export type { Document } from './document.ts'
export { type InputIssue, KeyturnClientError } from './error.ts'
export { type KeyTokenOptions, keyToken } from './key-token.ts'
export { type Resumable, resumable } from './resumable.ts'
export type { ConnectionState } from './subscription.ts'

/** Creates a client of a Keyturn server. It connects on the first operation. Throws TypeError for an invalid url. */
export const createKeyturnClient = (options: KeyturnClientOptions): KeyturnClient => openClient(options)
