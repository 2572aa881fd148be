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
const MAX_ERRORS = 20

const RULES = specifiedRules.map((rule) => (rule === OverlappingFieldsCanBeMergedRule ? mergeableFields : rule))

const TOO_REPETITIVE = 'The document repeats fields or fragments too often to be validated. Select each of them once.'

/**
 * Validates a document. graphql-js bounds the work of its rules, and reports an error without a location if a bound is
 * reached, or if there are too many errors.
 */
export const validateLimited = (schema: GraphQLSchema, document: DocumentNode): readonly GraphQLError[] => {
  const errors = validate(schema, document, RULES, { maxErrors: MAX_ERRORS })
  const known = errors.filter(({ nodes, extensions }) => nodes !== undefined || extensions.code !== undefined)
  if (errors.length === 0 || known.length > 0) return known
  return [new GraphQLError(TOO_REPETITIVE, { extensions: { code: 'QUERY_TOO_COMPLEX' } })]
}
