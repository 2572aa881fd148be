import type { Engine } from './data-source.ts'

/**
 * SQL of a table with one row for each element of a JSON array, which is the next parameter. A row has the column `value`; where
 * that is an array itself, `value->>0` is the first element of it, as text.
 */
export const jsonElements = (engine: Engine): string =>
  // json_each would write each element as text again, and each `->>` parse it.
  engine === 'sqlite' ? 'jsonb_each(?)' : 'jsonb_array_elements(?::jsonb)'
