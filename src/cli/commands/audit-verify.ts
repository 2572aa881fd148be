import { createReadStream } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { CheckpointFile } from '../../audit-chain/checkpoint-file.ts'
import { parseExportedEvent } from '../../audit-chain/exported-event.ts'
import { linesOf } from '../audit-file/lines.ts'
import { verifyExport } from '../audit-file/verify-export.ts'
import { failed } from '../command-error.ts'
import type { GlobalOptions } from '../options.ts'
import { Output } from '../terminal/output.ts'

const readCheckpoint = async (file: string): Promise<CheckpointFile> => {
  const text = await readFile(file, 'utf8')
  try {
    return CheckpointFile.parse(JSON.parse(text))
  } catch {
    throw failed(`${file} is not a checkpoint: it must be what keyturn audit checkpoint printed.`)
  }
}

const STANDARD_INPUT = '-'

/** The sequence that a file begins with; null where its first line is no event. */
const firstSequenceOf = async (file: string): Promise<number | null> => {
  for await (const line of linesOf(createReadStream(file)))
    return line === null ? null : (parseExportedEvent(line)?.sequence ?? null)
  return null
}

/** The files in the order of their events. Standard input comes last: archives are files, and what is left of a log is newer. */
const inOrder = async (files: readonly string[]): Promise<string[]> => {
  const begins = await Promise.all(
    files.map(async (file) => ({
      file,
      first: file === STANDARD_INPUT ? Number.POSITIVE_INFINITY : ((await firstSequenceOf(file)) ?? 0),
    })),
  )
  return begins.sort((a, b) => (a.first < b.first ? -1 : a.first > b.first ? 1 : 0)).map(({ file }) => file)
}

async function* linesOfAll(files: readonly string[]): AsyncGenerator<string | null, void> {
  for (const file of files) yield* linesOf(file === STANDARD_INPUT ? process.stdin : createReadStream(file))
}

/** Verifies an exported audit log and its archives, without a server. Throws CommandError (1) where it is not intact. */
export const verifyFile = async (
  options: GlobalOptions & { readonly checkpoint?: string },
  files: readonly string[],
): Promise<void> => {
  const output = new Output(options)
  const checkpoint = options.checkpoint === undefined ? null : await readCheckpoint(options.checkpoint)
  // Standard input cannot be read twice, to find its place.
  const ordered = files.length === 1 ? files : await inOrder(files)
  const found = await verifyExport(linesOfAll(ordered), checkpoint)
  if (output.json) await output.value(found)
  if (!found.intact) throw failed(found.fault ?? 'The audit log is broken.')
  if (output.json) return
  await output.say(`Intact: ${found.checkedEvents} events of ${found.organizationId}, head hash ${found.headHash}.`)
  if (found.baseSequence > 0)
    output.note(`Events 1 to ${found.baseSequence} were archived: pass their archives too to verify them.`)
  if (checkpoint === null)
    output.note('Without a checkpoint nobody can tell whether the newest events are missing: pass --checkpoint FILE.')
  else
    await output.say(
      `The checkpoint of event ${checkpoint.sequence}, signed ${output.instant(checkpoint.signedAt)}, matches.`,
    )
}
