import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { Transform } from 'node:stream'

/** Replaces a secret in a stream, even if it is split between chunks. */
const withoutSecret = (secret: string): Transform => {
  let held = ''
  return new Transform({
    decodeStrings: false,
    encoding: 'utf8',
    transform(chunk: string, _encoding, done) {
      const text = (held + chunk).replaceAll(secret, '[secret]')
      // Only the beginning of a secret has to wait for what follows.
      let length = Math.min(text.length, secret.length - 1)
      while (length > 0 && !secret.startsWith(text.slice(text.length - length))) length -= 1
      held = text.slice(text.length - length)
      done(null, text.slice(0, text.length - length))
    },
    flush(done) {
      done(null, held)
    },
  })
}

/**
 * Runs a command line in the system's shell with a text on standard input. Its output goes to standard error, because
 * standard output has the results of our own command. Signals are passed to it. Never throws.
 *
 * @param secret redacted from the output of the command
 * @returns null if it succeeded, else what went wrong
 */
export const runCommand = (command: string, input: string, secret: string | null = null): Promise<string | null> =>
  new Promise((resolve) => {
    const piped = secret !== null
    const child = spawn(command, { shell: true, stdio: ['pipe', piped ? 'pipe' : 2, piped ? 'pipe' : 2] })
    // The terminal sends Ctrl-C to the command directly. The exit code of the command is the result.
    const pass = (signal: NodeJS.Signals) => child.kill(signal)
    const ignore = () => {}
    process.on('SIGTERM', pass)
    process.on('SIGINT', ignore)
    const settle = (fault: string | null) => {
      process.off('SIGTERM', pass)
      process.off('SIGINT', ignore)
      resolve(fault)
    }
    const printed = [child.stdout, child.stderr].map(async (stream) => {
      if (stream === null || secret === null) return
      const shown = stream.setEncoding('utf8').pipe(withoutSecret(secret))
      shown.pipe(process.stderr, { end: false })
      await once(shown, 'end')
    })
    child.once('error', (error) => settle(error.message))
    child.once('close', async (code, signal) => {
      await Promise.all(printed)
      if (code === 0) settle(null)
      else settle(signal === null ? `it ended with exit code ${code}` : `it was ended by ${signal}`)
    })
    // A command that does not read its input closes it early.
    child.stdin?.on('error', ignore)
    child.stdin?.end(input)
  })
