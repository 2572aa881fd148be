import type { EntitySchema, EntitySchemaColumnOptions } from 'typeorm'

/** How the rows of a table are read by SQL. TypeORM's own reading takes several times as long as the query itself. */
export interface RowMapping<Row> {
  /** The columns, quoted, in the order in which `rowOf` takes their values. */
  readonly columns: string
  /** The names of the columns as drivers return them. */
  readonly names: readonly string[]
  readonly rowOf: (values: readonly unknown[]) => Row
}

const isTrue = (value: unknown): unknown => (value === null ? null : Boolean(value))

const readerOf = ({ type, transformer }: EntitySchemaColumnOptions): ((value: unknown) => unknown) | null => {
  if (type === 'boolean') return isTrue
  if (transformer === undefined) return null
  if (Array.isArray(transformer)) throw new Error('A column has one transformer.')
  return transformer.from
}

/**
 * The mapping of a table, with the transformers of its columns.
 *
 * @param properties those that are read; all where they are left out
 */
export const mappingOf = <Row extends object, Property extends keyof Row & string = keyof Row & string>(
  { options }: EntitySchema<Row>,
  properties: readonly Property[] | null = null,
): RowMapping<Pick<Row, Property>> => {
  const declared: Readonly<Record<string, EntitySchemaColumnOptions | undefined>> = options.columns
  const columns = (properties ?? Object.keys(declared)).map((property) => {
    const column = declared[property]
    if (column === undefined) throw new Error(`Column ${property} is undefined.`)
    return { property, name: column.name ?? property, read: readerOf(column) }
  })
  // A copy has the hidden class of an object literal. An object that is filled by computed names is a slow hash table.
  const empty = JSON.parse(JSON.stringify(Object.fromEntries(columns.map(({ property }) => [property, null]))))
  return {
    columns: columns.map(({ name }) => `"${name}"`).join(', '),
    names: columns.map(({ name }) => name),
    rowOf: (values) => {
      const row = { ...empty }
      for (let index = 0; index < columns.length; index += 1) {
        const column = columns[index]
        if (column === undefined) continue
        const value = values[index]
        row[column.property] = column.read === null ? value : column.read(value)
      }
      return row
    },
  }
}
