import { createInterface } from 'node:readline/promises'
import { CommandError, failed, wrongUsage } from '../command-error.ts'
import type { GlobalOptions } from '../options.ts'
import { harmless } from './harmless.ts'

/** Exit code of a program that Ctrl-C ended: 128 plus SIGINT. */
export const INTERRUPTED = 130
const MAX_SECRET_BYTES = 4_096

/**
 * Asks for confirmation. Throws if the answer is not yes, or if there is no terminal.
 *
 * @param what the question, which names what is about to be done
 */
export const confirm = async (what: string, { yes }: GlobalOptions): Promise<void> => {
  if (yes === true) return
  if (!process.stdin.isTTY) throw wrongUsage('This cannot be undone: confirm it with --yes, or run it in a terminal.')
  const terminal = createInterface({ input: process.stdin, output: process.stderr })
  terminal.once('SIGINT', () => process.exit(INTERRUPTED))
  try {
    const answer = await terminal.question(`${harmless(what)} [y/N] `)
    if (!/^y(?:es)?$/i.test(answer.trim())) throw failed('Nothing was changed.')
  } finally {
    terminal.close()
  }
}

/** Reads a secret from standard input, up to its end. */
export const readSecret = async (): Promise<string> => {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of process.stdin) {
    chunks.push(chunk)
    bytes += chunk.length
    if (bytes > MAX_SECRET_BYTES) throw wrongUsage('Standard input has more than a secret.')
  }
  return Buffer.concat(chunks).toString().trim()
}

/** Asks for a secret on a terminal without showing it. */
export const askSecret = (question: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const { stdin, stderr } = process
    let typed = ''
    stderr.write(question)
    stdin.setRawMode(true)
    stdin.setEncoding('utf8')
    const end = () => {
      stdin.off('data', read)
      stdin.setRawMode(false)
      stdin.pause()
      stderr.write('\n')
    }
    const read = (text: string) => {
      for (const character of text) {
        if (character === '\u0003') {
          end()
          process.exit(INTERRUPTED)
        }
        if (character === '\r' || character === '\n' || character === '\u0004') {
          end()
          return resolve(typed.trim())
        }
        if (character === '\u007f' || character === '\b') typed = typed.slice(0, -1)
        else if (character === '\u0015') typed = ''
        else typed += character
        if (typed.length > MAX_SECRET_BYTES) {
          end()
          return reject(new CommandError(2, 'That is longer than a secret.'))
        }
      }
    }
    stdin.on('data', read)
    stdin.resume()
  })
