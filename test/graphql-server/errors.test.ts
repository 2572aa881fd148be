import { GraphQLError } from 'graphql'
import { describe, expect, it, vi } from 'vitest'
import { toGraphQLError } from '../../src/graphql-server/errors.ts'
import { OutcomeUnknown } from '../../src/kernel/errors.ts'

const located = (error: Error) => new GraphQLError(error.message, { path: ['createApiKey'], originalError: error })

describe('an error that is not the fault of the caller', () => {
  it('is masked, and reported with the request', () => {
    const report = vi.fn()
    const error = located(new Error('password of the database'))
    const { message, extensions } = toGraphQLError(error, 'r1', report)
    expect(message).not.toContain('password')
    expect(extensions).toEqual({ code: 'INTERNAL', requestId: 'r1' })
    expect(report).toHaveBeenCalledExactlyOnceWith(error, 'r1')
  })

  it('says what to do if it is unknown whether the change was saved', () => {
    const report = vi.fn()
    const { message, extensions } = toGraphQLError(located(new OutcomeUnknown(new Error('socket'))), 'r1', report)
    expect(message).toContain('read the state before you repeat the request')
    expect(extensions).toEqual({ code: 'INTERNAL', reason: 'OUTCOME_UNKNOWN', requestId: 'r1' })
    expect(report).toHaveBeenCalledOnce()
  })
})
