import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { type AddressInfo, connect, Socket } from 'node:net'
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import { CollectedRequest } from '../../src/http/collected-request.ts'
import { type WholeAnswer, WholeResponses } from '../../src/http/whole-response.ts'

type Handler = (request: CollectedRequest, response: ServerResponse) => void

const ORIGIN = { requestId: 'r-1', keyExpiresAt: new Date(0) }
const ALWAYS = ['x-always', 'a']
const KEEP_ALIVE_MS = 72_000

let handler: Handler = () => undefined
const server = createServer(
  { IncomingMessage: CollectedRequest, keepAliveTimeout: KEEP_ALIVE_MS },
  (request, response) => handler(request, response),
)
beforeAll(async () => {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
})
afterAll(() => {
  server.close()
  server.closeAllConnections()
})

const postOf = (body: string, headers = '') =>
  `POST / HTTP/1.1\r\nhost: a\r\ncontent-length: ${body.length}\r\n${headers}\r\n${body}`

/** Sends a text on a connection of its own, and returns what comes back until it contains `end`. */
const exchange = async (sent: string, end: string): Promise<string> => {
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1')
  onTestFinished(() => void socket.destroy())
  const closed = once(socket, 'close')
  let text = ''
  socket.setEncoding('latin1').on('data', (part: string) => {
    text += part
    if (text.includes(end)) socket.end()
  })
  socket.write(sent)
  await closed
  return text
}

const withoutDate = (text: string): string => text.replace(/^Date: .*GMT\r\n/im, '')

describe('a whole response', () => {
  const answering = (answer: WholeAnswer): Handler => {
    const responses = new WholeResponses(ALWAYS, () => server.keepAliveTimeout)
    return (request, response) => request.collect(() => responses.send(response, answer, ORIGIN))
  }
  const written = ({ status, headers, body }: WholeAnswer): Handler => {
    const own = ['x-request-id', 'r-1', 'keyturn-key-expires', '1970-01-01T00:00:00.000Z']
    const all = [...ALWAYS, ...headers, ...own, 'content-length', String(Buffer.byteLength(body))]
    return (request, response) => request.collect(() => response.writeHead(status, all).end(body))
  }
  const linesOf = (text: string): string[] => withoutDate(text).split('\r\n').sort()

  it.each<[string, string, WholeAnswer]>([
    ['on a connection that stays open', '', { status: 200, headers: ['a', 'b'], body: '{"a":1}' }],
    ['of a failure', '', { status: 400, headers: ['a', 'b'], body: '{}' }],
    ['with characters beyond ASCII', '', { status: 200, headers: [], body: 'é, €, 😀, \u0000, \ud800 end' }],
    ['without a body', '', { status: 200, headers: [], body: '' }],
    ['on a connection that closes', 'connection: close\r\n', { status: 200, headers: ['a', 'b'], body: '{"a":1}' }],
    ['after 100-continue', 'expect: 100-continue\r\n', { status: 200, headers: ['a', 'b'], body: '{"a":1}' }],
  ])('is that of Node.js: %s', async (_what, sent, answer) => {
    const end = answer.body === '' ? '\r\n\r\n' : Buffer.from(answer.body).toString('latin1')
    handler = answering(answer)
    const whole = await exchange(postOf('a=b', sent), end)
    handler = written(answer)
    expect(linesOf(whole)).toEqual(linesOf(await exchange(postOf('a=b', sent), end)))
    expect(whole).toMatch(/^Date: .*GMT\r$/m)
  })

  it('is one write', async () => {
    handler = answering({ status: 200, headers: [], body: 'é end' })
    const write = vi.spyOn(Socket.prototype, 'write')
    onTestFinished(() => write.mockRestore())
    const text = await exchange(postOf('a=b'), 'end')
    const writes = write.mock.calls.map(([part]) => String(part)).filter((part) => part.startsWith('HTTP'))
    expect(writes).toEqual([text])
  })

  it.each([
    ['a line end in a value', ['a', 'b\r\nset-cookie: c']],
    ['a line end in a name', ['a\r\nset-cookie', 'c']],
  ])('is refused with %s', async (_what, headers) => {
    const failure = vi.fn<(error: unknown) => void>()
    const responses = new WholeResponses(ALWAYS, () => KEEP_ALIVE_MS)
    handler = (request, response) =>
      request.collect(() => {
        try {
          responses.send(response, { status: 200, headers, body: '' }, ORIGIN)
        } catch (error) {
          failure(error)
          response.destroy()
        }
      })
    expect(await exchange(postOf('a=b'), 'never')).toBe('')
    expect(failure).toHaveBeenCalledOnce()
  })
})

describe('a collected request', () => {
  const collected = (onBody: (body: Buffer, request: CollectedRequest) => string): Handler => {
    return (request, response) => request.collect((body) => void response.end(onBody(body, request)))
  }

  it('has its body whole, however it arrived', async () => {
    handler = collected((body) => `${body} end`)
    const chunked = 'POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n'
    expect(await exchange(`${chunked}2\r\na=\r\n3\r\nb&c\r\n2\r\n=d\r\n0\r\n\r\n`, 'end')).toContain('a=b&c=d end')
    expect(await exchange(postOf('a=b&c=d'), 'end')).toContain('a=b&c=d end')
  })

  it('can be given back, and is then read as a stream', async () => {
    handler = (request, response) =>
      request.collect((body) => {
        request.giveBack(body)
        let text = ''
        request.on('data', (part) => {
          text += part
        })
        request.on('end', () => response.end(`${text} end`))
      })
    expect(await exchange(postOf('a=b'), 'end')).toContain('a=b end')
  })

  it('is not kept by its connection, and leaves no listener', async () => {
    const seen: IncomingMessage[] = []
    handler = collected((_body, request) => {
      seen.push(request)
      return 'end'
    })
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1')
    onTestFinished(() => void socket.destroy())
    socket.write(postOf('a=b'))
    await once(socket, 'data')
    const [request] = seen
    expect(request?.listenerCount('end')).toBe(0)
    expect(request?.readableEnded).toBe(true)
    expect(Reflect.get(Reflect.get(request?.socket ?? {}, 'parser'), 'incoming')).toBeNull()
  })

  it('is one of many on a connection', async () => {
    let number = 0
    handler = collected((body) => `${body}-${++number} ${number === 3 ? 'end' : ''}`)
    const text = await exchange(postOf('a').repeat(3), 'end')
    expect(text.match(/a-\d/g)).toEqual(['a-1', 'a-2', 'a-3'])
  })
})
