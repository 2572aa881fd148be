import { once } from 'node:events'
import { readEnvironment } from '../environment.ts'
import type { GlobalOptions } from '../options.ts'
import { formatInstant, relativeTime } from './dates.ts'
import { harmless, harmlessJson } from './harmless.ts'
import { type Paint, paintFor } from './style.ts'
import { type Column, layoutTable } from './table.ts'

/** Writes the results of a command to standard output, and notes to standard error. */
export class Output {
  readonly json: boolean
  readonly paint: Paint
  private readonly utc: boolean
  private readonly now = new Date()

  constructor(options: GlobalOptions) {
    this.json = options.json ?? false
    this.utc = options.utc ?? false
    this.paint = paintFor(process.stdout, readEnvironment().noColor)
  }

  /** Writes a line. Resolves when the reader has taken it, if the reader is slow. */
  async line(text: string): Promise<void> {
    if (!process.stdout.write(`${text}\n`)) await once(process.stdout, 'drain')
  }

  /** Writes a line that may contain untrusted text. */
  say(text: string): Promise<void> {
    return this.line(harmless(text))
  }

  value(value: unknown): Promise<void> {
    return this.line(harmlessJson(value))
  }

  /** Writes a note to standard error. It may contain untrusted text. */
  note(text: string): void {
    process.stderr.write(`${harmless(text)}\n`)
  }

  /** A list: one JSON array, or a table. */
  async list<Row>(rows: readonly Row[], columns: readonly Column<Row>[], empty: string): Promise<void> {
    if (this.json) return this.value(rows)
    if (rows.length === 0) return this.note(empty)
    const width = process.stdout.isTTY ? process.stdout.columns : Number.POSITIVE_INFINITY
    for (const line of layoutTable(columns, rows, width, this.paint)) await this.line(line)
  }

  /** One object: JSON, or a line for each fact that is there. */
  async facts(value: unknown, facts: readonly (readonly [string, string | null | undefined])[]): Promise<void> {
    if (this.json) return this.value(value)
    const shown = facts.filter(([, text]) => text != null)
    const width = Math.max(...shown.map(([title]) => title.length)) + 2
    for (const [title, text] of shown)
      await this.line(`${this.paint('bold', title.padEnd(width))}${harmless(text ?? '')}`)
  }

  /** `2026-12-08 09:36`. */
  time(instant: string): string {
    return formatInstant(new Date(instant), this.utc)
  }

  /** `in 12 days (2026-12-08 09:36)`; the given word if there is no instant. */
  instant(instant: string | null | undefined, none = ''): string {
    if (instant == null) return none
    const date = new Date(instant)
    return `${relativeTime(date, this.now)} (${formatInstant(date, this.utc)})`
  }
}
