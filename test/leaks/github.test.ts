import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { newSecret } from '../../src/kernel/secret-text.ts'
import { LARGEST_REPORT_BYTES, MOST_FINDS } from '../../src/leaks/report-body.ts'
import { boot, type TestApp, useApp } from '../support/boot.ts'
import { type GitHub, startGitHub } from '../support/github.ts'
import { changesIn } from '../support/history.ts'
import { queriesDuring } from '../support/queries.ts'

const EMPTY = '[]'
const randomText = () => randomBytes(32).toString('base64url')

describe('the receiver of reports by GitHub', () => {
  let app: TestApp
  let github: GitHub
  beforeAll(async () => {
    github = await startGitHub()
    app = await boot({ env: { KEYTURN_LEAKS_GITHUB_KEYS_URL: github.keysUrl } })
  })
  afterAll(async () => {
    await app.close()
    await github.close()
  })

  const send = (body: string, headers = github.headersOf(body)) =>
    fetch(`${app.url}/leaks/github`, { method: 'POST', headers, body })
  const statusOf = async (body: string, headers?: Record<string, string>) => (await send(body, headers)).status
  const find = (token: string) => ({ token, type: 'keyturn_secret', url: '', source: 'commit' })

  it('answers for each find, in their order', async () => {
    const { secret } = await app.apiKey()
    const response = await send(JSON.stringify([find('x'), find(secret), find('x')]))
    expect(((await response.json()) as { label: string }[]).map(({ label }) => label)).toEqual([
      'false_positive',
      'true_positive',
      'false_positive',
    ])
    expect(await (await send(EMPTY)).json()).toEqual([])
  })

  it.each<[string, (body: string) => Record<string, string>]>([
    ['without a signature', () => ({ 'content-type': 'application/json' })],
    ['with a signature of another body', () => github.headersOf('[{}]')],
    ['with a key that is not in the list', (body) => github.headersOf(body, 'key-of-somebody')],
    [
      'with a signature that is none',
      (body) => ({ ...github.headersOf(body), 'github-public-key-signature': 'AAAA====' }),
    ],
    ['with an empty key id', (body) => ({ ...github.headersOf(body), 'github-public-key-identifier': '' })],
  ])('refuses a report %s and changes nothing', async (_, headersOf) => {
    const { secret } = await app.apiKey()
    const before = await changesIn(app)
    const body = JSON.stringify([find(secret)])
    expect(await statusOf(body, headersOf(body))).toBe(401)
    expect(await changesIn(app)).toEqual(before)
  })

  it('refuses a body that was changed by a single space', async () => {
    const body = JSON.stringify([find('x')])
    expect(await statusOf(`${body} `, github.headersOf(body))).toBe(401)
  })

  it('accepts a replayed report, and changes nothing', async () => {
    const { secret } = await app.apiKey()
    const body = JSON.stringify([find(secret)])
    const headers = github.headersOf(body)
    const answer = await (await send(body, headers)).text()
    const before = await changesIn(app)
    expect(await (await send(body, headers)).text()).toBe(answer)
    expect(await changesIn(app)).toEqual(before)
  })

  it.each<[string, string, number]>([
    ['no JSON', `[{"token": "${newSecret('kt', 'ak')}"`, 400],
    ['an object', '{}', 400],
    ['a list of numbers', '[1]', 400],
    ['a find without a token', '[{"type":"a"}]', 400],
    ['a token that is a list', '[{"token":["x"],"type":"a"}]', 400],
    ['a type of 300 characters', JSON.stringify([{ token: 'x', type: 'x'.repeat(300) }]), 400],
    ['a million nested lists', '['.repeat(1_000_000) + ']'.repeat(1_000_000), 400],
    ['a million numbers', `[${'1,'.repeat(1_000_000)}1]`, 413],
    ['too many finds', JSON.stringify(Array.from({ length: MOST_FINDS + 1 }, () => find('x'))), 413],
    ['too many bytes', JSON.stringify([find('x'.repeat(LARGEST_REPORT_BYTES))]), 413],
  ])('refuses %s with a short answer that has nothing of the body', async (_, body, status) => {
    const response = await send(body)
    expect(response.status).toBe(status)
    const text = await response.text()
    expect(text.length).toBeLessThan(200)
    expect(text).not.toContain('kt_ak_')
    expect(app.logged.join('\n')).not.toContain('kt_ak_')
    expect(await statusOf(EMPTY)).toBe(200)
  })

  it('refuses 10 MB without reading them if the request names no key of GitHub', async () => {
    const body = 'x'.repeat(10 * 1024 * 1024)
    const response = await send(body, github.headersOf('', 'nobody'))
    expect(response.status).toBe(401)
    expect(response.headers.get('connection')).toBe('close')
  })

  it.each(['GET', 'PUT', 'DELETE'])('answers %s with 405', async (method) => {
    const response = await fetch(`${app.url}/leaks/github`, { method })
    expect(response.status).toBe(405)
    expect(response.headers.get('allow')).toBe('POST')
  })

  it('looks up 10,000 finds with as many queries as three, however many of them look like credentials', async () => {
    const { secret } = await app.apiKey()
    const report = async (finds: readonly ReturnType<typeof find>[]) => {
      const body = JSON.stringify(finds)
      const headers = github.headersOf(body)
      const { result, queries } = await queriesDuring(app, /WHERE (secret\.hash|token_hash)/, async () => {
        const response = await send(body, headers)
        return (await response.json()) as { label: string }[]
      })
      expect(result).toHaveLength(finds.length)
      return { ours: result.filter(({ label }) => label === 'true_positive').length, queries }
    }
    expect(await report([newSecret('kt', 'ak'), `kt_inv_${randomText()}`, randomText()].map(find))).toEqual({
      ours: 0,
      queries: 3,
    })
    const many = Array.from({ length: MOST_FINDS }, (_, index) => {
      if (index === 5_000) return find(secret)
      return find([newSecret('kt', 'pk'), `kt_inv_${randomText()}`, randomText()][index % 3] ?? '')
    })
    expect(await report(many)).toEqual({ ours: 1, queries: 3 })
  })

  it('counts finds in the metrics', async () => {
    const { secret } = await app.apiKey()
    const count = async (result: string) => {
      const text = await (await fetch(`${app.url}/metrics`)).text()
      const series = `keyturn_leaks_reported_total{reporter="github",result="${result}"} `
      return Number(
        text
          .split('\n')
          .find((line) => line.startsWith(series))
          ?.slice(series.length) ?? 0,
      )
    }
    const [ours, unknown] = [await count('ours'), await count('unknown')]
    await send(JSON.stringify([find(secret), find('x'), find('y')]))
    expect(await count('ours')).toBe(ours + 1)
    expect(await count('unknown')).toBe(unknown + 2)
  })
})

describe('without KEYTURN_LEAKS_GITHUB_KEYS_URL', () => {
  const app = useApp()

  it('there is no receiver for GitHub', async () => {
    const response = await fetch(`${app.url}/leaks/github`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: EMPTY,
    })
    expect(response.status).toBe(404)
  })
})
