import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { boot, type TestApp } from '../support/boot.ts'
import { openSocket } from '../support/raw-socket.ts'

const PATIENCE = { timeout: 30_000, interval: 50 }
const READERS = 60
const MEBIBYTE = 1024 * 1024

const open: Socket[] = []
afterEach(() => {
  for (const socket of open.splice(0)) socket.destroy()
})

const connectTo = async ({ url }: TestApp): Promise<Socket> => {
  const { port, hostname } = new URL(url)
  const socket = connect({ port: Number(port), host: hostname })
  socket.on('error', () => undefined)
  open.push(socket)
  await once(socket, 'connect')
  return socket
}

/** Resolves when a connection is closed, by an error too. */
const closing = (socket: Socket): Promise<void> => new Promise((resolve) => socket.once('close', () => resolve()))

const ask = (socket: Socket) => socket.write('GET /graphql HTTP/1.1\r\nhost: x\r\naccept: text/html\r\n\r\n')

/** Asks for a page and leaves it unread. */
const startReader = async (app: TestApp): Promise<Socket> => {
  const socket = await connectTo(app)
  socket.pause()
  ask(socket)
  return socket
}

describe('clients that request a page and do not read it', () => {
  let app: TestApp
  beforeAll(async () => {
    app = await boot({ env: { KEYTURN_WRITE_TIMEOUT_SECONDS: '2' } })
    // Rendered and compressed.
    await (await fetch(`${app.url}/graphql`, { headers: { accept: 'text/html' } })).text()
  }, 60_000)
  afterAll(() => app.close())

  it('share its bytes, and are disconnected after the write timeout', async () => {
    const before = process.memoryUsage()
    const held = () => {
      const { heapUsed, external, arrayBuffers } = process.memoryUsage()
      return (heapUsed + external + arrayBuffers - before.heapUsed - before.external - before.arrayBuffers) / MEBIBYTE
    }
    const others = app.app.parts.guard.size
    const readers = await Promise.all(Array.from({ length: READERS }, () => startReader(app)))
    // Answered after all of them: by now each has its page in its hands, or in our memory.
    await app.owner.send('{ viewer { kind } }')
    expect(held()).toBeLessThan(100)
    const [first] = readers
    if (first === undefined) throw new Error('There is no reader.')
    await vi.waitFor(() => expect(app.app.parts.guard.size).toBeLessThanOrEqual(others + 1), PATIENCE)
    let read = 0
    first.on('data', (chunk) => {
      read += chunk.length
    })
    const closed = closing(first)
    first.resume()
    await closed
    expect(read).toBeLessThan(9 * MEBIBYTE)
  }, 60_000)

  it('are disconnected while they keep sending requests', async () => {
    const socket = await startReader(app)
    const closed = closing(socket)
    const timer = setInterval(() => socket.write('GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n'), 100)
    await closed
    clearInterval(timer)
  }, 60_000)
})

describe('connections from one address', () => {
  const LIMIT = 3
  let app: TestApp
  beforeAll(async () => {
    app = await boot({ env: { KEYTURN_MAX_CONNECTIONS_PER_ADDRESS: String(LIMIT) } })
  })
  afterAll(() => app.close())

  const untilOpen = (count: number) => vi.waitFor(() => expect(app.app.parts.guard.size).toBe(count), PATIENCE)
  const answered = async (socket: Socket) => {
    socket.write('GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n')
    const [data] = await once(socket, 'data')
    return String(data).split('\r\n')[0]
  }

  it('are closed immediately beyond their limit, and free capacity when they close', async () => {
    await untilOpen(0)
    const sockets = await Promise.all(Array.from({ length: LIMIT }, () => connectTo(app)))
    await untilOpen(LIMIT)
    const refused = await connectTo(app)
    const closed = closing(refused)
    refused.resume()
    await closed
    sockets[0]?.destroy()
    await untilOpen(LIMIT - 1)
    expect(await answered(await connectTo(app))).toBe('HTTP/1.1 200 OK')
  })

  it('do not count those that are counted for a credential', async () => {
    await untilOpen(0)
    const sockets = []
    for (let opened = 0; opened < LIMIT * 2; opened += 1) {
      const socket = await openSocket(app.url)
      await socket.init({ authorization: `Bearer ${app.ownerSecret}` })
      sockets.push(socket)
    }
    expect(await answered(await connectTo(app))).toBe('HTTP/1.1 200 OK')
    for (const socket of sockets) socket.close()
    await untilOpen(1)
  })

  it('are not limited if the address is a trusted proxy', async () => {
    const behind = await boot({
      env: { KEYTURN_MAX_CONNECTIONS_PER_ADDRESS: '1', KEYTURN_TRUST_PROXY: '127.0.0.0/8' },
    })
    try {
      const sockets = await Promise.all([connectTo(behind), connectTo(behind), connectTo(behind)])
      for (const socket of sockets) expect(await answered(socket)).toBe('HTTP/1.1 200 OK')
    } finally {
      for (const socket of open.splice(0)) socket.destroy()
      await behind.close()
    }
  })
})
