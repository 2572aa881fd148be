import { describe, expect, it, vi } from 'vitest'
import { patiently } from '../../src/cli/session/patiently.ts'
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

describe('long work', () => {
  it.each(['NETWORK', 'UNAVAILABLE', 'RATE_LIMITED'])('goes on after %s', async (code) => {
    const read = failing([new KeyturnClientError(code, 'away'), new KeyturnClientError(code, 'away')])
    expect(await patiently(read, wait)).toBe('read')
    expect(read).toHaveBeenCalledTimes(3)
  })

  it('waits at least as long as the server asks, and a minute at most', async () => {
    waits.length = 0
    const asked = (retryAfterSeconds: number) => new KeyturnClientError('RATE_LIMITED', 'slowly', { retryAfterSeconds })
    await patiently(failing([asked(7), asked(1_000)]), wait)
    expect(waits).toEqual([7_000, 60_000])
  })

  it('ends with a refusal at once, and with a server that stays away after a while', async () => {
    const refused = failing([new KeyturnClientError('FORBIDDEN', 'no')])
    await expect(patiently(refused, wait)).rejects.toThrow('no')
    expect(refused).toHaveBeenCalledTimes(1)
    const away = failing(Array.from({ length: 100 }, () => new KeyturnClientError('NETWORK', 'away')))
    await expect(patiently(away, wait)).rejects.toThrow('away')
    expect(away.mock.calls.length).toBeLessThan(10)
  })
})
