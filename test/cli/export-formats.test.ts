import { describe, expect, it } from 'vitest'
import { toCef } from '../../src/cli/audit-export/cef.ts'
import { toEcs } from '../../src/cli/audit-export/ecs.ts'
import type { ExportedEvent } from '../../src/cli/audit-export/export-format.ts'
import { LINE_OF } from '../../src/cli/audit-export/formats.ts'
import { toOcsf } from '../../src/cli/audit-export/ocsf.ts'
import { syslogFrame } from '../../src/cli/audit-export/syslog-message.ts'
import { EVENT_TYPES, EXPORT_FORMATS } from '../../src/cli/definitions/api-values.ts'
import { parseCef } from './cef-parser.ts'
import { faultsOfOcsf } from './ocsf-classes.ts'

const SOURCE = { server: 'keys.example.com', version: '1.2.3' }
const ORGANIZATION = 'org_0123456789abcdef0123456789abcdef'

const eventOf = (change: Partial<ExportedEvent> = {}): ExportedEvent => ({
  organizationId: ORGANIZATION,
  sequence: 42,
  id: 'evt_0123456789abcdef0123456789abcdef',
  type: 'KEY_ROTATED',
  occurredAt: '2026-11-26T08:00:00.123Z',
  actor: { kind: 'USER', id: 'usr_1', name: 'Ann' },
  credentialId: 'key_9',
  tokenId: null,
  targetId: 'key_1',
  targetName: 'deploy',
  details: { kind: 'API_KEY', hint: 'kt_ak_...abcd' },
  requestId: 'req-1',
  ipAddress: '192.0.2.7',
  userAgent: 'curl/8',
  previousHash: 'a'.repeat(64),
  hash: 'b'.repeat(64),
  ...change,
})

/** By Keyturn itself, about nothing and from nowhere. */
const BARE: Partial<ExportedEvent> = {
  actor: { kind: 'SYSTEM', id: null, name: 'Keyturn' },
  credentialId: null,
  targetId: null,
  targetName: null,
  requestId: null,
  ipAddress: null,
  userAgent: null,
  details: {},
}
const BY_KEY: Partial<ExportedEvent> = {
  actor: { kind: 'API_KEY', id: 'key_2', name: 'robot' },
  ipAddress: '2001:db8::1',
  details: { note: 'because' },
}
const ANONYMOUS: Partial<ExportedEvent> = { ...BARE, actor: { kind: 'ANONYMOUS', id: null, name: null } }
const HOSTILE = 'a|b=c\\d\r\ne\u202ef"g]\u0000 cs1=forged'

describe('an event as OCSF', () => {
  it.each(
    EVENT_TYPES.flatMap(
      (type) =>
        [
          [type, {}],
          [type, BARE],
          [type, BY_KEY],
          [type, ANONYMOUS],
        ] as const,
    ),
  )('is valid in the published schema of its class: %s %j', (type, change) => {
    const object = JSON.parse(LINE_OF.ocsf(eventOf({ ...change, type }), SOURCE))
    expect(faultsOfOcsf(object)).toEqual([])
  })

  it('has what OCSF recommends and Keyturn knows', () => {
    for (const type of ['KEY_ROTATED', 'TOKEN_ISSUED'])
      expect(toOcsf(eventOf({ type }), SOURCE)).toMatchObject({
        timezone_offset: 0,
        message: expect.any(String),
        status_id: 1,
        status: 'Success',
        metadata: { original_time: '2026-11-26T08:00:00.123Z', log_name: 'audit', log_provider: 'Keyturn' },
        src_endpoint: { ip: '192.0.2.7' },
        http_request: { user_agent: 'curl/8' },
      })
    expect(toOcsf(eventOf({ type: 'KEY_ROTATED' }), SOURCE)).toMatchObject({ entity: { type_id: 99, type: 'key' } })
    expect(toOcsf(eventOf({ type: 'POLICY_UPDATED' }), SOURCE)).toMatchObject({
      entity: { type_id: 5, type: 'Policy' },
    })
    expect(toOcsf(eventOf({ type: 'TOKEN_ISSUED' }), SOURCE)).toMatchObject({
      api: { operation: 'token.issued', request: { uid: 'req-1' }, service: { name: 'Keyturn', version: '1.2.3' } },
      resources: [{ uid: 'key_1', name: 'deploy', type: 'access token' }],
    })
  })

  it.each(EVENT_TYPES)('has a type that follows from its class and activity: %s', (type) => {
    const object = toOcsf(eventOf({ type }), SOURCE) as Record<'class_uid' | 'activity_id' | 'type_uid', number>
    expect(object.type_uid).toBe(object.class_uid * 100 + object.activity_id)
  })

  // The schema refuses what it should, or the test above would show nothing.
  it.each<[string, string, object]>([
    ['an unknown attribute', 'KEY_ROTATED', { colour: 'red' }],
    ['a class without what it requires', 'KEY_ROTATED', { entity: undefined }],
    ['another category', 'KEY_ROTATED', { category_uid: 6 }],
    ['the category of the base event', 'KEY_ROTATED', { category_uid: 0, category_name: 'Uncategorized' }],
    ['an activity of another class', 'TOKEN_ISSUED', { activity_id: 12, activity_name: 'Suspend', type_uid: 600_312 }],
    ['a type of another activity', 'KEY_ROTATED', { type_uid: 300_401, type_name: 'Entity Management: Create' }],
    ['a caption of another value', 'KEY_ROTATED', { severity: 'Critical' }],
    ['a time that is text', 'KEY_ROTATED', { time: '2026-11-26T08:00:00Z' }],
    [
      'an actor without the profile host',
      'KEY_ROTATED',
      { metadata: { version: '1.3.0', product: { vendor_name: 'x' } } },
    ],
    ['an entity without name and id', 'KEY_ROTATED', { entity: { type: 'key' } }],
    ['a user of a type of a later version', 'KEY_ROTATED', { actor: { user: { uid: 'key_2', type_id: 4 } } }],
    ['an address that is none', 'KEY_ROTATED', { src_endpoint: { ip: 'example.com' } }],
    ['an object that is not exported', 'KEY_ROTATED', { device: { type_id: 1 } }],
    ['another version', 'KEY_ROTATED', { metadata: { version: '1.2.0' } }],
  ])('would be refused with %s', (_, type, change) => {
    const object = { ...toOcsf(eventOf({ type }), SOURCE), ...change }
    expect(faultsOfOcsf(JSON.parse(JSON.stringify(object)))).not.toEqual([])
  })

  it('of a type that only a newer server has is an API activity', () => {
    const object = toOcsf(eventOf({ type: 'KEY_TELEPORTED' }), SOURCE)
    expect(faultsOfOcsf(object)).toEqual([])
    expect(object).toMatchObject({ class_uid: 6003, activity_id: 99, api: { operation: 'key.teleported' } })
  })

  it('says who did what to which key, from where, and what its hash is', () => {
    expect(toOcsf(eventOf({ type: 'KEY_SUSPENDED' }), SOURCE)).toMatchObject({
      class_uid: 3004,
      activity_id: 12,
      type_uid: 300_412,
      time: Date.parse('2026-11-26T08:00:00.123Z'),
      message: 'Key suspended: deploy, by Ann',
      actor: { user: { uid: 'usr_1', name: 'Ann', type_id: 1 } },
      entity: { uid: 'key_1', name: 'deploy', type: 'key' },
      src_endpoint: { ip: '192.0.2.7' },
      metadata: { uid: 'evt_0123456789abcdef0123456789abcdef', sequence: 42, tenant_uid: ORGANIZATION },
      unmapped: { details: { hint: 'kt_ak_...abcd' }, hash: 'b'.repeat(64) },
    })
    expect(toOcsf(eventOf({ type: 'ACCESS_DENIED' }), SOURCE)).toMatchObject({ class_uid: 6003, status_id: 2 })
  })
})

/** From the documentation of ECS 8.11: which values of `event.type` each category allows. */
const ECS_TYPES: Readonly<Record<string, readonly string[]>> = {
  api: ['access', 'admin', 'allowed', 'change', 'creation', 'deletion', 'denied', 'end', 'info', 'start', 'user'],
  authentication: ['start', 'end', 'info'],
  configuration: ['access', 'change', 'creation', 'deletion', 'info'],
  iam: ['admin', 'change', 'creation', 'deletion', 'group', 'info', 'user'],
  session: ['start', 'end', 'info'],
}

describe('an event as ECS', () => {
  it.each(EVENT_TYPES.map((type) => [type]))('has a category and a type that go together: %s', (type) => {
    const { event } = toEcs(eventOf({ type }), SOURCE) as { event: { category: string[]; type: string[] } }
    expect(event.category.length).toBeGreaterThan(0)
    for (const category of event.category) expect(ECS_TYPES[category]).toEqual(expect.arrayContaining(event.type))
  })

  it('has the fields that searches and dashboards use', () => {
    expect(toEcs(eventOf(), SOURCE)).toMatchObject({
      '@timestamp': '2026-11-26T08:00:00.123Z',
      ecs: { version: '8.11.0' },
      message: 'Key rotated: deploy, by Ann',
      event: { kind: 'event', action: 'key.rotated', outcome: 'success', sequence: 42, dataset: 'keyturn.audit' },
      organization: { id: ORGANIZATION },
      user: { id: 'usr_1', name: 'Ann' },
      source: { ip: '192.0.2.7' },
      user_agent: { original: 'curl/8' },
      related: { ip: ['192.0.2.7'], user: ['Ann'] },
      keyturn: { target: { id: 'key_1', name: 'deploy' }, credential_id: 'key_9' },
    })
    expect(toEcs(eventOf({ ...ANONYMOUS, type: 'ACCESS_DENIED' }), SOURCE)).toMatchObject({
      event: { outcome: 'failure', type: ['denied'] },
    })
  })
})

describe('an event as CEF', () => {
  it('has its header and its extension', () => {
    const { header, extension } = parseCef(toCef(eventOf(), SOURCE))
    expect(header).toEqual(['CEF:0', 'Keyturn', 'Keyturn', '1.2.3', 'KEY_ROTATED', 'Key rotated', '2'])
    expect(extension).toMatchObject({
      rt: '1795680000123',
      externalId: 'evt_0123456789abcdef0123456789abcdef',
      cn1: '42',
      act: 'key.rotated',
      outcome: 'success',
      suser: 'Ann',
      src: '192.0.2.7',
      cs1: ORGANIZATION,
      cs6: '{"kind":"API_KEY","hint":"kt_ak_...abcd"}',
    })
  })

  it('stays one event of one line whatever text it holds', () => {
    const event = eventOf({
      actor: { kind: 'USER', id: 'usr_1', name: HOSTILE },
      targetName: HOSTILE,
      userAgent: HOSTILE,
      details: { note: HOSTILE },
    })
    const line = toCef(event, { ...SOURCE, version: HOSTILE })
    // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what must not be there.
    expect(line).not.toMatch(/[\u0000-\u001f\u202e]/)
    const { header, extension } = parseCef(line)
    expect(header).toHaveLength(7)
    expect(header[4]).toBe('KEY_ROTATED')
    expect(extension.cs1).toBe(ORGANIZATION)
    expect(extension.suser).toBe('a|b=c\\d\r\ne f"g]  cs1=forged')
    expect(JSON.parse(extension.cs6 ?? '')).toEqual({ note: HOSTILE })
  })

  it('writes an IPv6 address where CEF has a place for it', () => {
    const { extension } = parseCef(toCef(eventOf({ ipAddress: '2001:db8::1' }), SOURCE))
    expect(extension).toMatchObject({ c6a2: '2001:db8::1', c6a2Label: 'Source IPv6 Address' })
    expect(extension.src).toBeUndefined()
  })

  it('cuts a value that is longer than its field', () => {
    const { extension } = parseCef(toCef(eventOf({ details: { note: 'x'.repeat(10_000) } }), SOURCE))
    expect(extension.cs6).toHaveLength(4_000)
  })
})

describe('a line of an export', () => {
  it.each(EXPORT_FORMATS)('of %s has no line end and no character that a terminal obeys', (format) => {
    const event = eventOf({ targetName: HOSTILE, actor: { kind: 'USER', id: 'usr_1', name: HOSTILE } })
    // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what must not be there.
    expect(LINE_OF[format](event, SOURCE)).not.toMatch(/[\u0000-\u001f\u202e]/)
  })
})

describe('a syslog message', () => {
  const framed = (change: Partial<ExportedEvent>, line: string, server = SOURCE.server) => {
    const bytes = syslogFrame(eventOf(change), line, { ...SOURCE, server })
    const space = bytes.indexOf(0x20)
    const message = bytes.subarray(space + 1)
    // RFC 5425: the length is that of the message in bytes.
    expect(Number(bytes.subarray(0, space).toString())).toBe(message.length)
    return message.toString()
  }

  it('has the header of RFC 5424 and the line after it', () => {
    expect(framed({}, 'CEF:0|…')).toBe(
      '<110>1 2026-11-26T08:00:00.123Z keys.example.com keyturn - KEY_ROTATED [origin software="Keyturn" swVersion="1.2.3"] CEF:0|…',
    )
  })

  it('has the severity of its event', () => {
    expect(framed({ type: 'KEY_LEAKED' }, '')).toMatch(/^<106>1 /)
    expect(framed({ type: 'ACCESS_DENIED' }, '')).toMatch(/^<108>1 /)
  })

  it('has structured data in the form and the length that RFC 5424 states', () => {
    const bytes = syslogFrame(eventOf(), '', { ...SOURCE, version: `1.0-"]\\\n${'x'.repeat(100)}` })
    const [, version = ''] = /swVersion="((?:[^"\\\]]|\\.)*)"\] $/.exec(bytes.toString()) ?? []
    expect(version).toBe(`1.0-\\"\\]\\\\${'x'.repeat(25)}`)
  })

  it('has a message id for each type, at most 32 characters', () => {
    for (const type of EVENT_TYPES) expect(framed({ type }, '')).toContain(` keyturn - ${type} [origin `)
  })

  it('has no header field that is empty or of other characters', () => {
    expect(framed({ type: 'Ä' }, '', 'ö')).toMatch(/^<110>1 \S+ - keyturn - - \[/)
  })
})
