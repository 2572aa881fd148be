import {
  type DocumentNode,
  GraphQLError,
  type GraphQLSchema,
  OverlappingFieldsCanBeMergedRule,
  specifiedRules,
  validate,
} from 'graphql'
import { mergeableFields } from './mergeable-fields.ts'

/** Errors of a document that are reported at once. */
const MOST_ERRORS = 20

const RULES = specifiedRules.map((rule) => (rule === OverlappingFieldsCanBeMergedRule ? mergeableFields : rule))

const GAVE_UP = 'The document repeats its fields or fragments too often to be checked: ask for each of them once.'

/**
 * Validates a document. graphql-js bounds the work of its rules, and reports an error without a location if a bound is
 * reached, or if there are too many errors.
 */
export const validateLimited = (schema: GraphQLSchema, document: DocumentNode): readonly GraphQLError[] => {
  const errors = validate(schema, document, RULES, { maxErrors: MOST_ERRORS })
  const known = errors.filter(({ nodes, extensions }) => nodes !== undefined || extensions.code !== undefined)
  if (errors.length === 0 || known.length > 0) return known
  return [new GraphQLError(GAVE_UP, { extensions: { code: 'QUERY_TOO_COMPLEX' } })]
}
