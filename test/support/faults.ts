import type { DataSources } from '../../src/persistence/data-source.ts'

/** Makes the database refuse the row of a key after its insertion, or the event about the key, by the key's name. */
export const refuseKeysNamed = async (
  { engine, writing }: DataSources,
  names: { readonly afterInsert: string; readonly atAppend: string },
): Promise<void> => {
  const triggers = [
    { table: 'keys', moment: 'AFTER', column: 'name', prefix: names.afterInsert },
    { table: 'audit_events', moment: 'BEFORE', column: 'target_name', prefix: names.atAppend },
  ]
  for (const { table, moment, column, prefix } of triggers) {
    const when = `WHEN (NEW.${column} LIKE '${prefix}%')`
    if (engine === 'sqlite') {
      await writing.query(
        `CREATE TRIGGER fault_${table} ${moment} INSERT ON ${table} ${when} BEGIN SELECT RAISE(ABORT, 'injected'); END`,
      )
      continue
    }
    await writing.query(
      `CREATE FUNCTION fault_${table}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'injected'; END $$`,
    )
    await writing.query(
      `CREATE TRIGGER fault_${table} ${moment} INSERT ON ${table} FOR EACH ROW ${when} EXECUTE FUNCTION fault_${table}()`,
    )
  }
}
