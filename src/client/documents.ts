/** The operations of `schema/operations` as typed documents, and the types of their inputs and results. */
export * from '../generated/graphql.ts'
