import type { EXPORT_FORMATS } from '../definitions/api-values.ts'
import { harmlessJson } from '../terminal/harmless.ts'
import { toCef } from './cef.ts'
import { toEcs } from './ecs.ts'
import type { ExportedEvent, ExportSource } from './export-format.ts'
import { toOcsf } from './ocsf.ts'

export type ExportFormat = (typeof EXPORT_FORMATS)[number]

/** An event as one line of each format. */
export const LINE_OF: Record<ExportFormat, (event: ExportedEvent, source: ExportSource) => string> = {
  ndjson: (event) => harmlessJson(event),
  ocsf: (event, source) => harmlessJson(toOcsf(event, source)),
  ecs: (event, source) => harmlessJson(toEcs(event, source)),
  cef: toCef,
}
