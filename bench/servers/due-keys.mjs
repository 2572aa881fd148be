// What the sweeper does in a round: finds the next due instant and takes due keys.

import { findNextDue, takeDueKeys } from '../../dist/src/expiry/expiry-warnings.store.js'
import { MODEL } from '../../dist/src/model.js'
import { openDataSources } from '../../dist/src/persistence/data-source.js'
import { Database } from '../../dist/src/persistence/database.js'
import { offer } from './works.mjs'

await offer(async ({ directory, batch }) => {
  const database = new Database(await openDataSources(`sqlite:${directory}/keyturn.db`, MODEL))
  const now = new Date()
  const take = async () => {
    await database.read(findNextDue)
    const keys = await database.write((writer) => takeDueKeys(writer, now, batch))
    if (keys.length !== batch) throw new Error(`${keys.length} keys are due.`)
  }
  return { take }
})
