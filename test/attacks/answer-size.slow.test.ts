import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { AnswerSize, jsonBytes } from '../../src/schema-kit/answer-size.ts'
import { LIMITS } from '../../src/schema-kit/limits.ts'
import { boot, type TestApp } from '../support/boot.ts'

describe('the size of a response', () => {
  it.each([
    'text',
    'ä€😀',
    12,
    true,
    null,
    ['a', ['b', { c: 'd' }]],
    { name: 'value', list: Array.from({ length: 50 }, (_, index) => ({ id: `id${index}`, at: 'now' })) },
  ])('is at least its size as JSON: %j', (value) => {
    expect(jsonBytes(value, LIMITS.answerBytes)).toBeGreaterThanOrEqual(Buffer.byteLength(JSON.stringify(value)))
  })

  it('is not counted beyond its limit', () => {
    const nested: unknown[] = []
    for (let index = 0; index < 1_000_000; index += 1) nested.push('0123456789')
    expect(jsonBytes(nested, 1_000)).toBeLessThan(1_100)
  })

  it('stops the resolution of further fields when it is exceeded', () => {
    const answer = new AnswerSize()
    answer.add(LIMITS.answerBytes)
    answer.require()
    answer.add(1)
    expect(() => answer.require()).toThrow(/8388608 bytes/)
  })
})

describe('a response of more than 8 MiB', () => {
  let app: TestApp
  beforeAll(async () => {
    app = await boot()
    const metadata = { note: 'x'.repeat(8_000) }
    for (let index = 0; index < 30; index += 1) await app.apiKey({ metadata })
  }, 60_000)
  afterAll(() => app.close())

  /** The metadata of 30 keys, of 8 kB each, so many times. */
  const asking = (times: number) => {
    const pages = Array.from(
      { length: times },
      (_, index) => `a${index}: apiKeys(first: 30) { edges { node { metadata name } } }`,
    )
    return `query ($id: ID!) { organization(id: $id) { ${pages.join(' ')} } }`
  }

  it('is rejected', async () => {
    const { data, errors } = await app.owner.send(asking(40), { id: app.organizationId })
    expect(data ?? null).toBeNull()
    expect(errors).toHaveLength(1)
    expect(errors?.[0]).toMatchObject({ extensions: { code: 'QUERY_TOO_COMPLEX' } })
    expect(errors?.[0]?.message).toContain('8388608 bytes')
  })

  it('is returned if it is smaller', async () => {
    const { errors } = await app.owner.send(asking(30), { id: app.organizationId })
    expect(errors).toBeUndefined()
  })
})
