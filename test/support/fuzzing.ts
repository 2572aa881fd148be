import { Agent, type IncomingMessage, request } from 'node:http'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect } from 'vitest'
import { AuditVerificationDocument } from '../../src/generated/graphql.ts'
import type { TestApp } from './boot.ts'
import { Random } from './mutations.ts'

/** Requests to each route that reads its input by a way of its own. */
export const REQUESTS = Number(process.env.FUZZ_REQUESTS ?? 10_000)
/** Requests to each route that shares that way with another, or reads nothing but its address and headers. */
export const FEWER_REQUESTS = REQUESTS / 5
/** On a machine that has much else to do. */
export const FUZZ_TIMEOUT_MS = 600_000
const CONNECTIONS = 8
/** An answer that takes longer is taken for none. */
export const LONGEST_ANSWER_MS = 60_000
const ATTEMPTS = 3
/** How long a stream of events is listened to. */
const LISTENED_MS = 5

export interface Shot {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

const answerTo = (url: URL, agent: Agent, shot: Shot, attempt = 1): Promise<{ status: number; text: string }> =>
  new Promise((resolve, reject) => {
    const { method, path, headers, body } = shot
    const options = { agent, host: url.hostname, port: url.port, method, path, timeout: LONGEST_ANSWER_MS }
    const sent = request({ ...options, headers: { ...headers, 'content-length': Buffer.byteLength(body) } })
    sent.on('response', (response: IncomingMessage) => {
      const status = response.statusCode ?? 0
      let text = ''
      // A stream of events need not have an end of its own: what it says at first is enough.
      if (response.headers['content-type']?.startsWith('text/event-stream'))
        setTimeout(() => {
          resolve({ status, text })
          response.destroy()
        }, LISTENED_MS)
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => {
        text += chunk
      })
      response.on('end', () => resolve({ status, text }))
      // Too late to matter where a stream was left.
      response.on('error', reject)
    })
    sent.on('timeout', () => sent.destroy(new Error(`There was no answer within ${LONGEST_ANSWER_MS} ms.`)))
    // A connection that the server has just closed is no fault: a client tries again on another.
    sent.on('error', (error: Error & { code?: string }) =>
      attempt < ATTEMPTS && error.code === 'ECONNRESET'
        ? resolve(answerTo(url, agent, shot, attempt + 1))
        : reject(error),
    )
    sent.end(body)
  })

const BUGS = /"INTERNAL"|server_error|went wrong on our side/

/** Whether a text reveals a fault of the service itself. */
export const tellsOfABug = (text: string): boolean => BUGS.test(text)

/** Sends thousands of mutated requests over a few connections; returns how often each status was answered. */
export const bombard = async (app: TestApp, seed: number, requests: number, make: (random: Random) => Shot) => {
  const random = new Random(seed)
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS })
  const url = new URL(app.url)
  const statuses: Record<number, number> = {}
  let left = requests
  const shoot = async () => {
    while (left > 0) {
      left -= 1
      const shot = make(random)
      const say = (what: string) => `${what}\n${JSON.stringify(shot).slice(0, 3_000)}`
      const { status, text } = await answerTo(url, agent, shot).catch((error: unknown) => {
        throw new Error(say(String(error)))
      })
      if (status >= 500 || tellsOfABug(text)) throw new Error(say(`${status} ${text.slice(0, 500)}`))
      statuses[status] = (statuses[status] ?? 0) + 1
    }
  }
  try {
    await Promise.all(Array.from({ length: CONNECTIONS }, shoot))
  } finally {
    left = 0
    agent.destroy()
  }
  return statuses
}

setFlagsFromString('--expose-gc')
const collectGarbage: () => void = runInNewContext('gc')

const heapMegabytes = (): number => {
  collectGarbage()
  return process.memoryUsage().heapUsed / 2 ** 20
}

/** Fails where what was done to the service has left a trace that it should not have. */
export const watchOver = (app: TestApp) => {
  const rejections: unknown[] = []
  const hear = (reason: unknown) => void rejections.push(reason)
  process.on('unhandledRejection', hear)
  const before = heapMegabytes()
  const loggedBefore = app.logged.length
  return {
    expectUnharmed: async (): Promise<void> => {
      process.off('unhandledRejection', hear)
      expect(rejections).toEqual([])
      // pino's levels: 50 and above are errors.
      expect(
        app.logged
          .slice(loggedBefore)
          .filter((line) => /"level":[56]0/.test(line))
          .slice(0, 3),
      ).toEqual([])
      const { organization } = await app.owner.run(AuditVerificationDocument, { organizationId: app.organizationId })
      expect(organization?.auditVerification).toMatchObject({ intact: true, firstBrokenSequence: null })
      expect((await fetch(`${app.url}/readyz`)).status).toBe(200)
      expect(heapMegabytes() - before).toBeLessThan(128)
    },
  }
}
