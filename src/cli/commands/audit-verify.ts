import { createReadStream } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { CheckpointFile } from '../../audit-chain/checkpoint-file.ts'
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

/** Verifies an exported audit log, without a server. Throws CommandError (1) where it is not intact. */
export const verifyFile = async (
  options: GlobalOptions & { readonly checkpoint?: string },
  file: string,
): Promise<void> => {
  const output = new Output(options)
  const checkpoint = options.checkpoint === undefined ? null : await readCheckpoint(options.checkpoint)
  const chunks = file === '-' ? process.stdin : createReadStream(file)
  const found = await verifyExport(linesOf(chunks), checkpoint)
  if (output.json) await output.value(found)
  if (!found.intact) throw failed(found.fault ?? 'The audit log is broken.')
  if (output.json) return
  await output.say(`Intact: ${found.checkedEvents} events of ${found.organizationId}, head hash ${found.headHash}.`)
  if (checkpoint === null)
    output.note('Without a checkpoint nobody can tell whether the newest events are missing: pass --checkpoint FILE.')
  else
    await output.say(
      `The checkpoint of event ${checkpoint.sequence}, signed ${output.instant(checkpoint.signedAt)}, matches.`,
    )
}
