import type { Reader, Writer } from './database.ts'

/** Reads without a table. Throws if the database does not answer. */
export const probeRead = async (reader: Reader): Promise<void> => void (await reader.query('SELECT 1'))

let written = 0

/** Writes without leaving a row behind: with a full disk, or on a standby, reads still succeed. */
export const probeWrite = async (writer: Writer): Promise<void> => {
  written = 1 - written
  await writer.query(
    writer.engine === 'sqlite'
      ? `PRAGMA user_version = ${written}`
      : "SELECT pg_logical_emit_message(true, 'keyturn', 'readiness')",
  )
}
