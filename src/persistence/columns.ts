import type { EntitySchemaColumnOptions } from 'typeorm'
import { instantOf, instantText } from '../kernel/instant.ts'

/**
 * Column types for both engines. Instants are fixed-width UTC text (`2026-11-24T07:48:11.123Z`): it sorts in time order,
 * is equal on both engines, and does not depend on the time zone of a session.
 */

export const INSTANT_LENGTH = 24
const ID_LENGTH = 36

type Options = Partial<EntitySchemaColumnOptions>

const instantTransformer = {
  to: (value: unknown) => (value instanceof Date ? instantText(value) : value),
  from: (value: string | null) => (value === null ? null : instantOf(value)),
}
const jsonTransformer = {
  to: (value: unknown) => (value === null || value === undefined ? value : JSON.stringify(value)),
  from: (value: string | null) => (value === null ? null : JSON.parse(value)),
}
// The drivers may return a 64-bit integer as a string. Stored values stay below 2^53.
const integerTransformer = {
  to: (value: unknown) => value,
  from: (value: string | number | null) => (value === null ? null : Number(value)),
}

export const id = (name: string, options: Options = {}): EntitySchemaColumnOptions => ({
  name,
  type: 'varchar',
  length: ID_LENGTH,
  ...options,
})
export const text = (name: string, length: number, options: Options = {}): EntitySchemaColumnOptions => ({
  name,
  type: 'varchar',
  length,
  ...options,
})
export const longText = (name: string, options: Options = {}): EntitySchemaColumnOptions => ({
  name,
  type: 'text',
  ...options,
})
export const instant = (name: string, options: Options = {}): EntitySchemaColumnOptions => ({
  name,
  type: 'varchar',
  length: INSTANT_LENGTH,
  transformer: instantTransformer,
  ...options,
})
export const json = (name: string, options: Options = {}): EntitySchemaColumnOptions => ({
  name,
  type: 'text',
  transformer: jsonTransformer,
  ...options,
})
export const integer = (name: string, options: Options = {}): EntitySchemaColumnOptions => ({
  name,
  type: 'bigint',
  transformer: integerTransformer,
  ...options,
})
export const flag = (name: string, options: Options = {}): EntitySchemaColumnOptions => ({
  name,
  type: 'boolean',
  ...options,
})
