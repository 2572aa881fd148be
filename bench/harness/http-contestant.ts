import { type HttpRequest, load } from './http-load.ts'
import type { Contestant } from './rounds.ts'
import type { ServerProcess } from './server-process.ts'

const CONNECTIONS = 32
const MICROSECONDS = 1e6

/** The answer to one request. Rejects where it was refused. */
export const answerOf = async ({ url, headers, body }: HttpRequest): Promise<unknown> => {
  const response = await fetch(url, { method: 'POST', headers, body: body.replace('[<id>]', `check-${Date.now()}`) })
  const text = await response.text()
  if (!response.ok) throw new Error(`${url}: ${response.status} ${text}`)
  const answer = JSON.parse(text) as { readonly errors?: unknown }
  if (answer.errors !== undefined) throw new Error(`${url}: ${text}`)
  return answer
}

/** A server that is sent one request on 32 connections. It runs only while it is measured. */
export const httpContestant = async (
  name: string,
  server: ServerProcess,
  request: HttpRequest,
): Promise<Contestant & { readonly answer: unknown }> => {
  const answer = await answerOf(request)
  server.pause()
  const work = async (seconds: number) => {
    server.resume()
    const before = server.cpuSeconds()
    const result = await load(request, CONNECTIONS, seconds)
    const cpu = server.cpuSeconds() - before
    server.pause()
    if (result.requests === 0) throw new Error(`${name} answered no request in ${seconds} s.`)
    return {
      perSecond: result.requests / result.seconds,
      cpuMicroseconds: (cpu / result.requests) * MICROSECONDS,
      p99Ms: result.p99Ms,
    }
  }
  return { name, work, answer }
}
