import { QueryFailedError, QueryRunnerAlreadyReleasedError, QueryRunnerProviderAlreadyReleasedError } from 'typeorm'
import { describe, expect, it } from 'vitest'
import { conflict, Unavailable } from '../../src/kernel/errors.ts'
import { unavailableOf } from '../../src/persistence/unavailability.ts'

const coded = (code: string) => Object.assign(new Error('The driver says so.'), { code })
const inQuery = (error: Error) => new QueryFailedError('SELECT 1', [], error)

describe('a failure of the database', () => {
  it.each([
    ['a refused connection', coded('ECONNREFUSED')],
    ['a connection that was reset', coded('ECONNRESET')],
    ['an unknown host', coded('ENOTFOUND')],
    ['several addresses that refuse', new AggregateError([coded('ECONNREFUSED'), coded('ECONNREFUSED')])],
    ['a pool without a free connection', new Error('timeout exceeded when trying to connect')],
    ['a connection that broke off', inQuery(new Error('Connection terminated unexpectedly'))],
    ['a query without an answer', inQuery(new Error('Query read timeout'))],
    ['a runner that lost its connection', new QueryRunnerAlreadyReleasedError()],
    ['a transaction whose runner lost it', new QueryRunnerProviderAlreadyReleasedError()],
    ['a server that stops', inQuery(coded('57P01'))],
    ['a server that starts', coded('57P03')],
    ['too many connections', coded('53300')],
    ['a disk of PostgreSQL that is full', inQuery(coded('53100'))],
    ['a statement that takes too long', inQuery(coded('57014'))],
    ['a standby', inQuery(coded('25006'))],
    ['a refused password', coded('28P01')],
    ['a disk of SQLite that is full', inQuery(coded('SQLITE_FULL'))],
    ['an error of the disk', inQuery(coded('SQLITE_IOERR'))],
    ['a file that is locked', inQuery(coded('SQLITE_BUSY'))],
  ])('is UNAVAILABLE, to be retried in a second: %s', (_, error) => {
    const translated = unavailableOf(error)
    expect(translated).toMatchObject({ code: 'UNAVAILABLE', fields: { retryAfterSeconds: 1 }, cause: error })
  })

  it.each([
    ['a broken rule of the schema', inQuery(coded('23505'))],
    ['a table that does not exist', inQuery(coded('42P01'))],
    ['a constraint of SQLite', inQuery(coded('SQLITE_CONSTRAINT'))],
    ['a damaged file', inQuery(coded('SQLITE_CORRUPT'))],
    ['an expected failure', conflict('taken')],
    ['one that is translated already', new Unavailable('away', coded('ECONNREFUSED'))],
    ['a bug', new TypeError('undefined is not a function')],
  ])('is not UNAVAILABLE for another error: %s', (_, error) => {
    expect(unavailableOf(error)).toBeNull()
  })
})
