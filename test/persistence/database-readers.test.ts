import { describe, expect, it } from 'vitest'
import { MODEL } from '../../src/model.ts'
import { closeDataSources, openDataSources } from '../../src/persistence/data-source.ts'
import { Database } from '../../src/persistence/database.ts'
import { createDatabase, ENGINES } from '../support/engines.ts'
import { watchNesting } from '../support/nesting-guard.ts'
import { deferred } from '../support/open-database.ts'

describe.each(ENGINES)('reading during many writes on %s', (engine) => {
  it('works although more writes are waiting than there are connections', async () => {
    const own = await createDatabase(engine)
    const sources = await openDataSources(own.url, MODEL)
    const database = new Database(sources, { nestingGuard: watchNesting() })
    try {
      await database.write((writer) => writer.query('CREATE TABLE busy (id integer)'))
      await database.write((writer) => writer.query('INSERT INTO busy VALUES (0)'))
      const [holding, held] = [deferred(), deferred()]
      const add = (begun: () => void, until: Promise<void>) =>
        database.write(async (writer) => {
          await writer.query('UPDATE busy SET id = id + 1')
          begun()
          await until
        })
      const first = add(holding.resolve, held.promise)
      await holding.promise
      const writes = [first, ...Array.from({ length: 40 }, () => add(() => undefined, Promise.resolve()))]
      const read = () => database.read((reader) => reader.query<{ id: number }>('SELECT id FROM busy'))
      for (let turn = 0; turn < 5; turn += 1) expect(await read()).toEqual([{ id: 0 }])
      held.resolve()
      await Promise.all(writes)
      expect(await read()).toEqual([{ id: 41 }])
    } finally {
      await closeDataSources(sources)
      await own.remove()
    }
  })
})
