import type { TypedDocumentString } from '../generated/graphql.ts'

/** An operation of a `.graphql` file beside a screen, as codegen types it. */
export type ConsoleDocument<D, V> = TypedDocumentString<D, V>

/** Variables of an operation, as JSON. */
export type Variables = Record<string, unknown>
