import { describe, expect, it, vi } from 'vitest'
import { retryRead } from '../../src/cli/session/retry-read.ts'
import { KeyturnClientError } from '../../src/client/client.ts'

const waits: number[] = []
const wait = async (milliseconds: number) => {
  waits.push(milliseconds)
}

const failing = (failures: readonly Error[]) => {
  const left = [...failures]
  return vi.fn(async () => {
    const failure = left.shift()
    if (failure !== undefined) throw failure
    return 'read'
  })
}

describe('a long command', () => {
  it.each(['NETWORK', 'UNAVAILABLE', 'RATE_LIMITED'])('continues after %s', async (code) => {
    const read = failing([new KeyturnClientError(code, 'away'), new KeyturnClientError(code, 'away')])
    expect(await retryRead(read, wait)).toBe('read')
    expect(read).toHaveBeenCalledTimes(3)
  })

  it('waits at least as long as the server states, and at most a minute', async () => {
    waits.length = 0
    const asked = (retryAfterSeconds: number) => new KeyturnClientError('RATE_LIMITED', 'slowly', { retryAfterSeconds })
    await retryRead(failing([asked(7), asked(1_000)]), wait)
    expect(waits).toEqual([7_000, 60_000])
  })

  it('ends immediately with a rejection, and after a while if the server stays away', async () => {
    const refused = failing([new KeyturnClientError('FORBIDDEN', 'no')])
    await expect(retryRead(refused, wait)).rejects.toThrow('no')
    expect(refused).toHaveBeenCalledTimes(1)
    const away = failing(Array.from({ length: 100 }, () => new KeyturnClientError('NETWORK', 'away')))
    await expect(retryRead(away, wait)).rejects.toThrow('away')
    expect(away.mock.calls.length).toBeLessThan(10)
  })
})
