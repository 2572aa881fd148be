import type { Command } from 'commander'
import type { GlobalOptions } from '../options.ts'

/** The action of a command. Its imports are loaded when it is called, so that --help starts quickly. */
export const lazily =
  <Options extends GlobalOptions, Words extends unknown[]>(
    load: () => Promise<(options: Options, ...words: Words) => Promise<void>>,
  ) =>
  async (...received: unknown[]): Promise<void> => {
    const command = received.at(-1) as Command
    const work = await load()
    // The parsers of the options and arguments give these types.
    await work(command.optsWithGlobals<Options>(), ...(command.processedArgs as Words))
  }
