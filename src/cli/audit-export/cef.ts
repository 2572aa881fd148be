import { isIPv4 } from 'node:net'
import { harmlessJson } from '../terminal/harmless.ts'
import { actionOf, kindOf, type Severity } from './event-kinds.ts'
import { type ExportedEvent, type ExportSource, outcomeOf, subjectOf } from './export-format.ts'

/** CEF counts severity from 0 to 10. */
const SEVERITIES: Record<Severity, number> = { 1: 2, 2: 4, 3: 6, 4: 8, 5: 10 }

/** Lengths that the CEF dictionary gives its fields. */
const LENGTHS = { externalId: 40, suser: 1_023, msg: 1_023, requestClientApplication: 1_023, cs: 4_000 } as const

// A header or value is one line, and text of others must not hide or reorder what an analyst reads.
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu

const header = (text: string): string => text.replace(UNPRINTABLE, ' ').replace(/[\\|]/g, '\\$&')

const cut = (text: string, length: number): string => (text.length <= length ? text : `${text.slice(0, length - 1)}…`)

/** Backslashes and equals signs are escaped, and line ends written as \n and \r. */
const value = (text: string): string =>
  text.replace(/[\\=]/g, '\\$&').replaceAll('\r', '\\r').replaceAll('\n', '\\n').replace(UNPRINTABLE, ' ')

/** An event in the Common Event Format, version 0: one line. */
export const toCef = (event: ExportedEvent, source: ExportSource): string => {
  const kind = kindOf(event.type)
  const { actor, ipAddress: ip } = event
  const custom = (number: number, label: string, text: string | null): [string, string | null][] =>
    text === null
      ? []
      : [
          [`cs${number}`, cut(text, LENGTHS.cs)],
          [`cs${number}Label`, label],
        ]
  const fields: (readonly [string, string | null])[] = [
    ['rt', String(Date.parse(event.occurredAt))],
    ['externalId', cut(event.id, LENGTHS.externalId)],
    ['cn1', String(event.sequence)],
    ['cn1Label', 'sequence'],
    ['cat', kind.class === 'entity' ? 'iam' : 'api'],
    ['act', actionOf(event.type)],
    ['outcome', outcomeOf(kind)],
    ['msg', cut(subjectOf(event, kind), LENGTHS.msg)],
    ['suid', actor.id],
    ['suser', actor.name === null ? null : cut(actor.name, LENGTHS.suser)],
    ['src', ip !== null && isIPv4(ip) ? ip : null],
    ...(ip !== null && !isIPv4(ip)
      ? ([
          ['c6a2', ip],
          ['c6a2Label', 'Source IPv6 Address'],
        ] as const)
      : []),
    [
      'requestClientApplication',
      event.userAgent === null ? null : cut(event.userAgent, LENGTHS.requestClientApplication),
    ],
    ...custom(1, 'organizationId', event.organizationId),
    ...custom(2, 'targetId', event.targetId),
    ...custom(3, 'targetName', event.targetName),
    ...custom(4, 'credentialId', event.credentialId),
    ...custom(5, 'hash', event.hash),
    ...custom(6, 'details', harmlessJson(event.details)),
  ]
  const extension = fields.flatMap(([name, text]) => (text === null ? [] : [`${name}=${value(text)}`])).join(' ')
  const head = [
    'CEF:0',
    'Keyturn',
    'Keyturn',
    source.version,
    event.type,
    kind.title,
    String(SEVERITIES[kind.severity]),
  ]
  return `${head.map(header).join('|')}|${extension}`
}
