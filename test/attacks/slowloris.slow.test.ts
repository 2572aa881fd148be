import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { boot, type TestApp } from '../support/boot.ts'
import { openSocket } from '../support/raw-socket.ts'
import { untilLive } from '../support/transports.ts'

describe('a slow client', { timeout: 60_000 }, () => {
  let app: TestApp
  /** Limits the headers alone: whoever is cut here is cut for them. */
  let limitsHeaders: TestApp
  const timers: NodeJS.Timeout[] = []
  beforeAll(async () => {
    const env = {
      KEYTURN_HEADERS_TIMEOUT_SECONDS: '1',
      KEYTURN_KEEP_ALIVE_TIMEOUT_SECONDS: '1',
      KEYTURN_WRITE_TIMEOUT_SECONDS: '1',
    }
    app = await boot({ env: { ...env, KEYTURN_REQUEST_TIMEOUT_SECONDS: '2' } })
    limitsHeaders = await boot({ env: { ...env, KEYTURN_REQUEST_TIMEOUT_SECONDS: '600' } })
  })
  afterEach(() => {
    for (const timer of timers.splice(0)) clearInterval(timer)
  })
  afterAll(async () => {
    await app.close()
    await limitsHeaders.close()
  })

  const open = async (to = app): Promise<{ socket: Socket; closed: Promise<string> }> => {
    const { port, hostname } = new URL(to.url)
    const socket = connect({ port: Number(port), host: hostname })
    socket.on('error', () => undefined)
    let text = ''
    socket.on('data', (chunk) => {
      text += chunk
    })
    await once(socket, 'connect')
    const closed = new Promise<string>((resolve) => socket.once('close', () => resolve(text)))
    return { socket, closed }
  }
  const drip = (socket: Socket, text: string) => timers.push(setInterval(() => socket.write(text), 50))

  it('is disconnected if it never sends a request', async () => {
    const { closed } = await open(limitsHeaders)
    expect(await closed).toMatch(/^HTTP\/1\.1 408 /)
  })

  it('is disconnected if it sends headers too slowly', async () => {
    const { socket, closed } = await open(limitsHeaders)
    socket.write('GET /healthz HTTP/1.1\r\nhost: x\r\n')
    drip(socket, 'x-filler: y\r\n')
    expect(await closed).toMatch(/^HTTP\/1\.1 408 /)
  })

  it('is disconnected if it sends half of a body', async () => {
    const { socket, closed } = await open()
    socket.write(
      'POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{"que',
    )
    expect(await closed).toMatch(/^HTTP\/1\.1 408 /)
  })

  it('is disconnected if it sends a body too slowly', async () => {
    const { socket, closed } = await open()
    socket.write(
      'POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n',
    )
    drip(socket, '1\r\n \r\n')
    expect(await closed).toMatch(/^HTTP\/1\.1 408 /)
  })

  it('is disconnected if its connection is idle', async () => {
    const { socket, closed } = await open()
    socket.write('GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n')
    expect(await closed).toMatch(/^HTTP\/1\.1 200 /)
  })

  it('is not disconnected during a WebSocket or an event stream without events', async () => {
    const query = `subscription { keyEvents(organizationId: "${app.organizationId}") { sequence } }`
    const socket = await openSocket(app.url)
    await socket.init(app.owner.headers)
    socket.send({ type: 'subscribe', id: '1', payload: { query } })
    const stream = app.owner.subscribeByEvents({ toString: () => query }, {})
    await untilLive(app, 2)
    // Each of the timeouts has run out on others, opened later, by the time at which they are closed.
    const others = [await open(), await open()]
    others[0]?.socket.write('POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n')
    await Promise.all(others.map(({ closed }) => closed))
    await app.apiKey()
    expect(await socket.messages.take()).toMatchObject({ type: 'next' })
    expect(await stream.results.take()).toMatchObject({ data: { keyEvents: {} } })
    socket.close()
    stream.stop()
  })
})
