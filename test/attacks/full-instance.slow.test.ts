import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { MAX_PIPELINED_REQUESTS } from '../../src/http/pipelining.ts'
import { useApp } from '../support/boot.ts'
import { openSocket } from '../support/raw-socket.ts'

const sockets: Socket[] = []
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy()
})

/** A connection, and all that it has received when it is closed. */
const open = async (url: string): Promise<{ socket: Socket; received: Promise<string> }> => {
  const { port, hostname } = new URL(url)
  const socket = connect({ port: Number(port), host: hostname })
  sockets.push(socket)
  let text = ''
  socket.on('data', (chunk) => {
    text += String(chunk)
  })
  socket.on('error', () => undefined)
  const received = once(socket, 'close').then(() => text)
  await once(socket, 'connect')
  return { socket, received }
}

const REQUEST = 'GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n'
const LAST = 'GET /healthz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n'
const statusesOf = (text: string) => [...text.matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, status]) => Number(status))

describe('pipelined requests of a connection', () => {
  const app = useApp()

  it('are answered in order up to the limit, and again after these responses', async () => {
    const { socket, received } = await open(app.url)
    socket.write(REQUEST.repeat(MAX_PIPELINED_REQUESTS))
    await once(socket, 'data')
    await expect.poll(() => socket.bytesRead, { timeout: 10_000 }).toBeGreaterThan(MAX_PIPELINED_REQUESTS * 200)
    socket.write(REQUEST.repeat(MAX_PIPELINED_REQUESTS - 1) + LAST)
    expect(statusesOf(await received)).toEqual(Array(2 * MAX_PIPELINED_REQUESTS).fill(200))
  })

  it('get one 429 beyond the limit, and the connection ends', async () => {
    const { socket, received } = await open(app.url)
    socket.write(REQUEST.repeat(10 * MAX_PIPELINED_REQUESTS))
    const statuses = statusesOf(await received)
    expect(statuses).toEqual([...Array(MAX_PIPELINED_REQUESTS).fill(200), 429])
  })
})

describe('an instance at its limit of connections', () => {
  const app = useApp({ env: { KEYTURN_MAX_CONNECTIONS: '2' } })

  it('closes a further connection without a response, and accepts one after another has closed', async () => {
    const [one] = [await open(app.url), await open(app.url)]
    const refused = await open(app.url)
    refused.socket.write(LAST)
    expect(await refused.received).toBe('')
    one.socket.destroy()
    await one.received
    await expect
      .poll(
        async () => {
          const next = await open(app.url)
          next.socket.write(LAST)
          return statusesOf(await next.received)
        },
        { timeout: 10_000 },
      )
      .toEqual([200])
  })
})

describe('an instance at its limit of WebSockets', () => {
  const app = useApp({ env: { KEYTURN_MAX_SOCKETS: '1' } })

  it('closes a further one with 1013, after which clients retry, and accepts one after another has closed', async () => {
    const first = await openSocket(app.url)
    await first.init(app.owner.headers)
    const second = await openSocket(app.url)
    second.send({ type: 'connection_init', payload: app.owner.headers })
    expect(await second.ended.take()).toEqual({
      code: 1013,
      reason: 'This instance has reached its limit of live connections. Try again later.',
    })
    first.close()
    await first.ended.take()
    await expect.poll(() => app.app.parts.limits.connections.size, { timeout: 10_000 }).toBe(0)
    const third = await openSocket(app.url)
    await third.init(app.owner.headers)
    third.close()
  })
})
