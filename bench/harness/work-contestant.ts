import { keyturnEnv } from './keyturn.ts'
import type { Contestant, Sample } from './rounds.ts'
import type { RowContext } from './row.ts'
import { ServerProcess } from './server-process.ts'

interface WorksInput {
  readonly directory: string
  readonly [more: string]: unknown
}

/** A process of bench/servers that does works. It is suspended while none of its works is measured. */
export const startWorks = async (context: RowContext, file: string, input: WorksInput) => {
  const server = await ServerProcess.start([...context.profileFlags(), `${import.meta.dirname}/../servers/${file}`], {
    ready: /^ready$/,
    input,
    env: keyturnEnv(input.directory),
  })
  context.cleanup.defer(() => server.stop())
  server.pause()
  return (name: string, work: string): Contestant => ({
    name,
    work: async (seconds) => {
      server.resume()
      const sample = await server.ask<Sample>({ work, seconds })
      server.pause()
      return sample
    },
  })
}
