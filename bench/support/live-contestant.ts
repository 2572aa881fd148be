import { CreateApiKeyDocument } from '../../src/generated/graphql.ts'
import { median } from './bench.ts'
import { LiveClientProcess } from './live-client-process.ts'
import { type Measured, millisecondsBetween } from './live-measures.ts'
import type { Contestant } from './live-server-messages.ts'
import { LiveServerProcess } from './live-server-process.ts'
import { QUERY, sleep } from './live-shape.ts'

const PAUSE_MS = 100
const SETTLE_MS = 2_000
const ANSWERS = 15
const WARM_UP_ANSWERS = 5
const KIBIBYTE = 1024

/** A delivery to every socket. */
export interface Sample extends Measured {
  /** The message, as the sockets received it. */
  readonly text: string
}

/** A server with its clients, which a broadcast is measured with. */
export const openContestant = async (
  contestant: Contestant,
  { credentials, sockets }: { readonly credentials: number; readonly sockets: number },
) => {
  const server = new LiveServerProcess(contestant, [String(credentials), String(sockets)])
  const { url, groups, organizationId, ownerSecret } = await server.next('ready')
  const usage = (collectGarbage = false) => server.ask({ kind: 'usage', collectGarbage }, 'usage')
  const clients = new LiveClientProcess()
  const caller = new LiveClientProcess()

  /** Milliseconds from the request of a mutation that causes an event until its answer; none for the bare server. */
  const answerMs = async (): Promise<number[]> => {
    const samples: number[] = []
    if (contestant === 'ws') return samples
    for (let number = -WARM_UP_ANSWERS; number < ANSWERS; number += 1) {
      const input = {
        organizationId,
        name: `answer ${performance.now()}`,
        grants: [{ module: 'keys', role: 'VIEWER' }],
      }
      const body = JSON.stringify({ query: CreateApiKeyDocument.toString(), variables: { input } })
      await sleep(10 * PAUSE_MS)
      const answered = caller.next('answered')
      caller.send({ kind: 'post', url, secret: ownerSecret, body })
      const { milliseconds } = await answered
      if (number >= 0) samples.push(milliseconds)
    }
    return [median(samples)]
  }

  const answersAlone = await answerMs()
  const before = await usage(true)
  const opened = clients.next('opened')
  clients.send({ kind: 'open', url, query: QUERY, variables: { organizationId }, groups })
  await opened
  await sleep(SETTLE_MS)
  const uncollected = await usage()
  const after = await usage(true)
  const each = (bytes: number) => bytes / KIBIBYTE / sockets

  /** Measures from the commit that an action causes until the clients report. */
  const measure = async (act: () => Promise<{ readonly at: string }>, report: Promise<{ readonly at: string }>) => {
    await sleep(PAUSE_MS)
    const begun = await usage()
    const { at } = await act()
    const last = await report
    const { processorMs } = await usage()
    return {
      elapsedMs: millisecondsBetween(BigInt(at), BigInt(last.at)),
      processorMs: processorMs - begun.processorMs,
    }
  }

  return {
    memory: {
      residentKib: each(after.residentBytes - before.residentBytes),
      uncollectedKib: each(uncollected.residentBytes - before.residentBytes),
      heapKib: each(after.heapBytes - before.heapBytes),
    },
    /** Causes an event. Resolves when every socket has received it. */
    deliver: async (text: string): Promise<Sample> => {
      const counted = clients.next('counted')
      clients.send({ kind: 'count', events: sockets })
      const measured = await measure(() => server.ask({ kind: 'event', text }, 'committed'), counted)
      return { ...measured, text: (await counted).text }
    },
    /** Milliseconds until a mutation is answered, median: before the sockets were opened, and now. */
    answers: async (): Promise<number[]> => [...answersAlone, ...(await answerMs())],
    /** Ends every connection. Resolves when all are closed. */
    close: (): Promise<Measured> => {
      const closed = clients.next('closed')
      clients.send({ kind: 'awaitClose' })
      return measure(() => server.ask({ kind: 'revoke' }, 'committed'), closed)
    },
    startProfile: (name: string) => server.ask({ kind: 'profile', name }, 'profiled'),
    endProfile: () => server.ask({ kind: 'endProfile' }, 'profiled'),
    end: () => {
      clients.end()
      caller.end()
      server.end()
    },
  }
}

export type BroadcastContestant = Awaited<ReturnType<typeof openContestant>>
