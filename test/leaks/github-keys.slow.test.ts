import type { ServerResponse } from 'node:http'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { GitHubKeys } from '../../src/leaks/github-keys.ts'
import { type GitHub, startGitHub } from '../support/github.ts'
import { ManualClock } from '../support/manual-clock.ts'

const HOUR = 3_600

describe('the list of the public keys of GitHub', () => {
  let clock: ManualClock
  let github: GitHub
  let keys: GitHubKeys
  let faults: unknown[]
  beforeEach(async () => {
    clock = new ManualClock()
    github = await startGitHub()
    faults = []
    keys = new GitHubKeys({ url: github.keysUrl, clock, onFault: (error) => void faults.push(error) })
  })
  afterEach(() => github.close())

  const UNAVAILABLE = { code: 'UNAVAILABLE', fields: { retryAfterSeconds: 10 } }

  it('is fetched once for callers at the same time and after them', async () => {
    const found = await Promise.all([keys.find('key-1'), keys.find('key-1'), keys.find('key-2')])
    expect(found.map((key) => key?.asymmetricKeyType)).toEqual(['ec', 'ec', undefined])
    await keys.find('key-1')
    expect(github.fetches()).toBe(1)
  })

  it('is fetched for unknown ids at most once a minute', async () => {
    await keys.find('key-1')
    clock.advance(59)
    for (let index = 0; index < 20; index += 1) expect(await keys.find(`unknown-${index}`)).toBeNull()
    expect(github.fetches()).toBe(1)
    clock.advance(1)
    for (let index = 0; index < 20; index += 1) expect(await keys.find(`unknown-${index}`)).toBeNull()
    expect(github.fetches()).toBe(2)
  })

  it('has a key that GitHub added since', async () => {
    await keys.find('key-1')
    const id = github.rotate()
    clock.advance(61)
    expect(await keys.find(id)).not.toBeNull()
  })

  it('is fetched again after an hour, without a wait', async () => {
    await keys.find('key-1')
    const rotated = github.rotate()
    clock.advance(HOUR)
    expect(await keys.find('key-1')).not.toBeNull()
    await expect.poll(() => github.fetches()).toBe(2)
    await expect.poll(() => keys.find(rotated)).not.toBeNull()
    expect(github.fetches()).toBe(2)
  })

  it('is unavailable while it cannot be fetched, and is fetched again after ten seconds', async () => {
    const { answer } = github
    github.answer = (response) => void response.writeHead(500).end()
    await expect(keys.find('key-1')).rejects.toMatchObject(UNAVAILABLE)
    await expect(keys.find('key-1')).rejects.toMatchObject(UNAVAILABLE)
    expect(github.fetches()).toBe(1)
    expect(faults).toHaveLength(1)
    github.answer = answer
    clock.advance(10)
    expect(await keys.find('key-1')).not.toBeNull()
  })

  it('is used for a day while GitHub is away', async () => {
    await keys.find('key-1')
    github.answer = (response) => void response.destroy()
    clock.advance(23 * HOUR)
    expect(await keys.find('key-1')).not.toBeNull()
    clock.advance(2 * HOUR)
    await expect(keys.find('key-1')).rejects.toMatchObject(UNAVAILABLE)
  })

  it.each<[string, (response: ServerResponse) => unknown]>([
    ['a redirect', (response) => response.writeHead(302, { location: github.keysUrl }).end()],
    ['too much text', (response) => response.writeHead(200).end(`{"public_keys":[],"x":"${'x'.repeat(300_000)}"}`)],
    ['no JSON', (response) => response.writeHead(200).end('<html>')],
    ['another JSON', (response) => response.writeHead(200).end('{"keys":[]}')],
  ])('is not taken from %s', async (_, answer) => {
    github.answer = answer
    await expect(keys.find('key-1')).rejects.toMatchObject(UNAVAILABLE)
    expect(github.fetches()).toBe(1)
  })

  it.each<[string, (response: ServerResponse) => unknown]>([
    ['does not answer', () => undefined],
    ['does not come to an end', (response) => response.writeHead(200).write('{"public_keys":[')],
  ])('is given up after three seconds where its server %s', { timeout: 15_000 }, async (_, answer) => {
    github.answer = answer
    const begun = performance.now()
    await expect(keys.find('key-1')).rejects.toMatchObject(UNAVAILABLE)
    expect(performance.now() - begun).toBeGreaterThan(2_900)
    expect(performance.now() - begun).toBeLessThan(8_000)
  })

  it('has keys of P-256 alone, and others do not hide them', async () => {
    const other = await startGitHub('P-384')
    try {
      github.answer = other.answer
      expect(await keys.find('key-1')).toBeNull()
    } finally {
      await other.close()
    }
    github.answer = (response) =>
      void response.end(JSON.stringify({ public_keys: [{ key_identifier: 'a', key: 'no key' }] }))
    clock.advance(61)
    expect(await keys.find('a')).toBeNull()
    expect(faults).toEqual([])
  })
})
