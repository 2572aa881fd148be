import { Table, type TableColumnOptions, TableIndex } from 'typeorm'

/** Words to write portable migrations with. They are frozen: a migration that ran must go on meaning the same. */
type Options = Partial<TableColumnOptions>

export const id = (name: string, options: Options = {}): TableColumnOptions => ({
  name,
  type: 'varchar',
  length: '36',
  ...options,
})
export const text = (name: string, length: number, options: Options = {}): TableColumnOptions => ({
  name,
  type: 'varchar',
  length: String(length),
  ...options,
})
export const instant = (name: string, options: Options = {}): TableColumnOptions => text(name, 24, options)
export const longText = (name: string, options: Options = {}): TableColumnOptions => ({
  name,
  type: 'text',
  ...options,
})
export const integer = (name: string, options: Options = {}): TableColumnOptions => ({
  name,
  type: 'bigint',
  ...options,
})
export const flag = (name: string, options: Options = {}): TableColumnOptions => ({ name, type: 'boolean', ...options })
export const primary: Options = { isPrimary: true }
export const nullable: Options = { isNullable: true }

export const table = (name: string, columns: TableColumnOptions[], indices: TableIndex[] = []): Table =>
  new Table({ name, columns, indices })

export const index = (name: string, columnNames: string[]): TableIndex => new TableIndex({ name, columnNames })
export const unique = (name: string, columnNames: string[]): TableIndex =>
  new TableIndex({ name, columnNames, isUnique: true })
