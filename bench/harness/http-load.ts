import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'
import { LOAD_CORE } from './server-process.ts'

const run = promisify(execFile)
const OUTPUT_BYTES = 1e8

/** A request that is sent again and again. `[<id>]` in its body becomes another text in each request. */
export interface HttpRequest {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

interface LoadResult {
  readonly requests: number
  readonly seconds: number
  readonly p99Ms: number
}

type Load = (request: HttpRequest, connections: number, seconds: number) => Promise<LoadResult>

const pinned = async (command: string, args: readonly string[]): Promise<string> => {
  const { stdout } = await run('taskset', ['-c', LOAD_CORE, command, ...args], { maxBuffer: OUTPUT_BYTES })
  return stdout
}

const onPath = (name: string): boolean =>
  (process.env.PATH ?? '').split(delimiter).some((folder) => existsSync(join(folder, name)))

const luaText = (text: string): string => `[==[${text}]==]`

let runs = 0

/** Each request of wrk is made by a script where its body differs; otherwise it is made once. */
const wrkScript = ({ headers, body }: HttpRequest): string => {
  runs += 1
  const lines = ['wrk.method = "POST"', `wrk.body = ${luaText(body)}`]
  for (const [name, value] of Object.entries(headers)) lines.push(`wrk.headers[ ${luaText(name)} ] = ${luaText(value)}`)
  if (body.includes('[<id>]'))
    lines.push(
      'local count = 0',
      'request = function()',
      '  count = count + 1',
      `  return wrk.format(nil, nil, nil, (wrk.body:gsub("%[<id>%]", "${process.pid}-${runs}-" .. count)))`,
      'end',
      // A mutation that was refused is answered with 200.
      'response = function(_, _, body)',
      '  if body:find(\'"errors"\', 1, true) then print("Refused: " .. body) wrk.thread:stop() end',
      'end',
    )
  return lines.join('\n')
}

const UNITS: Readonly<Record<string, number>> = { us: 0.001, ms: 1, s: 1_000, m: 60_000 }

const withWrk: Load = async (request, connections, seconds) => {
  const folder = mkdtempSync(join(tmpdir(), 'keyturn-load-'))
  try {
    const script = join(folder, 'request.lua')
    writeFileSync(script, wrkScript(request))
    const output = await pinned('wrk', [
      ...['-t', '1', '-c', String(connections), '-d', `${Math.max(1, Math.round(seconds))}s`],
      ...['--timeout', '10s', '--latency', '-s', script, request.url],
    ])
    const failures = /Refused: .*|Non-2xx or 3xx responses: \d+|Socket errors: .*/.exec(output)
    if (failures !== null) throw new Error(`${request.url}: ${failures[0]}`)
    const total = /(\d+) requests in ([\d.]+)(\w+)/.exec(output)
    const p99 = /99%\s+([\d.]+)(us|ms|s|m)/.exec(output)
    return {
      requests: Number(total?.[1]),
      seconds: (Number(total?.[2]) * (UNITS[total?.[3] ?? 's'] ?? Number.NaN)) / 1_000,
      p99Ms: Number(p99?.[1]) * (UNITS[p99?.[2] ?? 'ms'] ?? Number.NaN),
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const withAutocannon: Load = async (request, connections, seconds) => {
  const cli = createRequire(import.meta.url).resolve('autocannon/autocannon.js')
  const headers = Object.entries(request.headers).flatMap(([name, value]) => ['-H', `${name}=${value}`])
  const output = await pinned(process.execPath, [
    ...[cli, '-j', '-n', '-I', '-c', String(connections), '-d', String(Math.max(1, Math.round(seconds)))],
    ...['-m', 'POST', ...headers, '-b', request.body, request.url],
  ])
  const result = JSON.parse(output.slice(output.indexOf('{'))) as {
    readonly requests: { readonly total: number }
    readonly latency: { readonly p99: number }
    readonly duration: number
    readonly non2xx: number
    readonly errors: number
  }
  if (result.non2xx > 0 || result.errors > 0)
    throw new Error(`${request.url}: ${result.non2xx} refusals, ${result.errors} errors`)
  return { requests: result.requests.total, seconds: result.duration, p99Ms: result.latency.p99 }
}

export const LOAD_GENERATOR = onPath('wrk') ? 'wrk' : 'autocannon'

/** Sends the request on so many connections for so many whole seconds. Rejects where one was refused. */
export const load: Load = LOAD_GENERATOR === 'wrk' ? withWrk : withAutocannon
