import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { boot, type TestApp } from '../support/boot.ts'

const MEBIBYTE = 1024 * 1024
const SIZE = 50 * MEBIBYTE
const CHUNK = Buffer.alloc(MEBIBYTE, 'a')
const TOO_LARGE = 'The body is too large. The limit is 131072 bytes.'

describe('a body of fifty megabytes', { timeout: 60_000 }, () => {
  let app: TestApp
  beforeAll(async () => {
    app = await boot()
  })
  afterAll(() => app.close())

  /** Sends everything, and only then reads. Resolves with what was answered; fails where the connection is reset. */
  const sendThenRead = async (headers: string, chunk: Buffer, chunks: number) => {
    const { port, hostname } = new URL(app.url)
    const socket = connect({ port: Number(port), host: hostname })
    // What goes wrong is given to whoever writes, or shows in what is read.
    socket.on('error', () => undefined)
    socket.pause()
    socket.write(`POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n${headers}\r\n\r\n`)
    for (let sent = 0; sent < chunks; sent += 1)
      await new Promise<void>((resolve, reject) => socket.write(chunk, (error) => (error ? reject(error) : resolve())))
    let text = ''
    socket.on('data', (data) => {
      text += data
    })
    socket.resume()
    await once(socket, 'end')
    socket.destroy()
    return text
  }
  const framed = Buffer.concat([Buffer.from(`${CHUNK.length.toString(16)}\r\n`), CHUNK, Buffer.from('\r\n')])

  it.each([
    ['with its length', `content-length: ${SIZE}`, CHUNK],
    ['in chunks', 'transfer-encoding: chunked', framed],
  ])('gets a response, sent %s by a client that reads only afterwards', async (_how, headers, chunk) => {
    const answer = await sendThenRead(headers, chunk, SIZE / MEBIBYTE)
    expect(answer).toMatch(/^HTTP\/1\.1 413 /)
    expect(answer).toContain(TOO_LARGE)
  })

  it.each([
    ['with its length', () => Buffer.alloc(SIZE, 'a')],
    [
      'as a stream',
      () =>
        new ReadableStream({
          start: (controller) => {
            for (let sent = 0; sent < SIZE; sent += MEBIBYTE) controller.enqueue(CHUNK)
            controller.close()
          },
        }),
    ],
  ])('gets a response, sent %s by fetch', async (_how, body) => {
    const response = await fetch(`${app.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: body(),
      duplex: 'half',
    } as RequestInit)
    expect(response.status).toBe(413)
    expect(await response.json()).toMatchObject({ errors: [{ message: TOO_LARGE }] })
  })

  it.each([
    ['with its length, once it is asked to', []],
    ['with its length, at once', ['-H', 'expect:']],
    ['in chunks', ['-H', 'transfer-encoding: chunked', '-H', 'expect:']],
    ['in chunks, once it is asked to', ['-H', 'transfer-encoding: chunked', '-H', 'expect: 100-continue']],
  ])('gets a response, sent %s by curl', async (_how, options) => {
    const headers = ['-H', 'content-type: application/json', ...options]
    const curl = spawn('curl', ['-sS', '-w', '%{http_code}', ...headers, '--data-binary', '@-', `${app.url}/graphql`])
    let printed = ''
    for (const stream of [curl.stdout, curl.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => {
        printed += text
      })
    curl.stdin.on('error', () => undefined)
    curl.stdin.end(Buffer.alloc(SIZE, 'a'))
    const [code] = await once(curl, 'close')
    expect(printed).toContain(TOO_LARGE)
    expect(printed).toMatch(/413$/)
    expect(code).toBe(0)
  })

  it('of another content type gets a response too', async () => {
    const response = await fetch(`${app.url}/graphql`, { method: 'POST', body: Buffer.alloc(SIZE, 'a') })
    expect(response.status).toBe(415)
  })

  it('is rejected before it is sent, if the client expects 100-continue', async () => {
    const { port, hostname } = new URL(app.url)
    const socket = connect({ port: Number(port), host: hostname })
    socket.write(
      `POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\nexpect: 100-continue\r\ncontent-length: ${SIZE}\r\n\r\n`,
    )
    const [data] = await once(socket, 'data')
    expect(String(data)).toMatch(/^HTTP\/1\.1 413 /)
    socket.destroy()
  })

  it('is requested if it is small, if the client expects 100-continue', async () => {
    const { port, hostname } = new URL(app.url)
    const socket = connect({ port: Number(port), host: hostname })
    const body = '{"query":"{ __typename }"}'
    socket.write(
      `POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\nexpect: 100-continue\r\ncontent-length: ${body.length}\r\n\r\n`,
    )
    expect(String((await once(socket, 'data'))[0])).toMatch(/^HTTP\/1\.1 100 /)
    socket.write(body)
    expect(String((await once(socket, 'data'))[0])).toMatch(/^HTTP\/1\.1 200 /)
    socket.destroy()
  })

  it('that never ends is cut off after 64 MiB', async () => {
    const failed = await sendThenRead('transfer-encoding: chunked', framed, 4_096).catch((error: Error) => error)
    expect(['EPIPE', 'ECONNRESET']).toContain((failed as NodeJS.ErrnoException).code)
  })
})
