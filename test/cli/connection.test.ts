import { describe, expect, it } from 'vitest'
import { type CliEnvironment, readEnvironment } from '../../src/cli/environment.ts'
import { chooseConnection, serverUrl } from '../../src/cli/session/connection.ts'
import { ExpiryNotice } from '../../src/cli/session/expiry-notice.ts'
import type { Profiles } from '../../src/cli/session/profiles.ts'

const NOTHING: CliEnvironment = { server: null, credential: null, keyPrefix: null, noColor: false, configHome: '/none' }
const STORED: Profiles = {
  current: 'prod',
  profiles: {
    prod: { server: 'https://prod.example.com', secret: 'kt_pk_prod' },
    test: { server: 'https://test.example.com', secret: 'kt_pk_test' },
  },
}

describe('the server of a command', () => {
  it.each([
    ['the current profile', {}, undefined, 'https://prod.example.com', 'kt_pk_prod'],
    ['the named profile', {}, 'test', 'https://test.example.com', 'kt_pk_test'],
    [
      'KEYTURN_KEY at the server of the profile',
      { credential: 'kt_pk_env' },
      undefined,
      'https://prod.example.com',
      'kt_pk_env',
    ],
    [
      'KEYTURN_KEY and KEYTURN_SERVER',
      { credential: 'kt_pk_env', server: 'https://env.example.com/' },
      'test',
      'https://env.example.com',
      'kt_pk_env',
    ],
    [
      'KEYTURN_SERVER, with its stored secret',
      { server: 'https://test.example.com' },
      undefined,
      'https://test.example.com',
      'kt_pk_test',
    ],
  ])('is that of %s', (_, environment, requested, server, credential) => {
    expect(chooseConnection({ ...NOTHING, ...environment }, STORED, requested)).toMatchObject({ server, credential })
  })

  it('is never sent the secret of another server', () => {
    const choose = (environment: Partial<CliEnvironment>, requested?: string) => () =>
      chooseConnection({ ...NOTHING, ...environment }, STORED, requested)
    expect(choose({ server: 'https://evil.example.com' })).toThrow(expect.objectContaining({ exitCode: 3 }))
    expect(choose({ server: 'https://test.example.com' }, 'prod')).toThrow(expect.objectContaining({ exitCode: 3 }))
  })

  it.each([
    [{}, undefined],
    [{}, 'staging'],
    [{ credential: 'kt_pk_env' }, undefined],
  ])('is unknown with %j and the profile %s: not logged in', (environment, requested) => {
    const choose = () => chooseConnection({ ...NOTHING, ...environment }, { current: null, profiles: {} }, requested)
    expect(choose).toThrow(
      expect.objectContaining({ exitCode: 3, message: expect.stringMatching(/keyturn login|KEYTURN_SERVER/) }),
    )
  })

  it.each([
    'keys.example.com',
    'ftp://keys.example.com',
    'https://user:pass@keys.example.com',
    'https://keys.example.com/?a=b',
  ])('cannot be %s', (text) => {
    expect(() => serverUrl(text)).toThrow(expect.objectContaining({ exitCode: 2 }))
  })
})

describe("the user's configuration directory", () => {
  it.each([
    ['linux', { XDG_CONFIG_HOME: '/xdg' }, /^\/xdg$/],
    ['linux', { XDG_CONFIG_HOME: 'relative' }, /\.config$/],
    ['linux', {}, /\.config$/],
    ['darwin', {}, /Library.Application Support$/],
    ['darwin', { XDG_CONFIG_HOME: '/xdg' }, /^\/xdg$/],
    ['win32', { APPDATA: 'C:\\Users\\zoe\\AppData\\Roaming' }, /^C:\\Users\\zoe\\AppData\\Roaming$/],
    ['win32', {}, /AppData.Roaming$/],
  ] as const)('on %s with %j', (platform, env, directory) => {
    expect(readEnvironment(env, platform).configHome).toMatch(directory)
  })
})

describe("the notice about the expiry of one's own key", () => {
  const now = new Date('2026-11-26T12:00:00Z')
  const noticeOf = (expiresAt: string | null): string[] => {
    const notice = new ExpiryNotice()
    notice.read(new Headers(expiresAt === null ? {} : { 'keyturn-key-expires': expiresAt }))
    const notes: string[] = []
    notice.report((text) => notes.push(text), now)
    return notes
  }

  it('is shown within seven days before, and not earlier', () => {
    expect(noticeOf('2026-12-03T11:59:00Z')).toEqual([expect.stringContaining('expires in 7 days')])
    expect(noticeOf('2026-11-26T12:05:00Z')).toEqual([expect.stringContaining('expires in 5 minutes')])
    for (const header of ['2026-12-03T12:01:00Z', null, 'soon']) expect(noticeOf(header)).toEqual([])
  })
})
