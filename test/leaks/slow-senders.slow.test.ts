import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { setTimeout } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { boot, type TestApp } from '../support/boot.ts'
import { type GitHub, startGitHub } from '../support/github.ts'

/** Bodies from one address that are read at the same time. */
const OF_ONE_ADDRESS = 4
/** Who sends for longer than this gives way. */
const UNHURRIED_MS = 1_000

describe('senders that name a key of GitHub, which are public, and send slowly', () => {
  let app: TestApp
  let github: GitHub
  const sockets: Socket[] = []
  beforeAll(async () => {
    github = await startGitHub()
    app = await boot({ env: { KEYTURN_LEAKS_GITHUB_KEYS_URL: github.keysUrl, KEYTURN_TRUST_PROXY: '127.0.0.1' } })
  })
  afterEach(() => {
    for (const socket of sockets.splice(0)) socket.destroy()
  })
  afterAll(async () => {
    await app.close()
    await github.close()
  })

  /** Sends the head of a report and the first byte of its body. */
  const startSlowly = async (from: string): Promise<Socket> => {
    const { hostname, port } = new URL(app.url)
    const socket = connect(Number(port), hostname)
    sockets.push(socket)
    socket.on('error', () => undefined)
    await once(socket, 'connect')
    const headers = Object.entries(github.headersOf('[]')).map(([name, value]) => `${name}: ${value}\r\n`)
    socket.write(
      `POST /leaks/github HTTP/1.1\r\nhost: ${hostname}:${port}\r\nx-forwarded-for: ${from}\r\n${headers.join('')}content-length: 1000\r\n\r\n[`,
    )
    return socket
  }
  const report = (from: string) => {
    const body = '[]'
    const headers = { ...github.headersOf(body), 'x-forwarded-for': from }
    return fetch(`${app.url}/leaks/github`, { method: 'POST', headers, body })
  }

  it('take no more than their own places while they are new', async () => {
    await Promise.all(Array.from({ length: OF_ONE_ADDRESS }, () => startSlowly('192.0.2.1')))
    await expect.poll(async () => (await report('192.0.2.1')).status).toBe(429)
    const busy = await report('192.0.2.1')
    expect(busy.headers.get('retry-after')).toBe('1')
    expect((await report('192.0.2.2')).status).toBe(200)
  })

  it('from many addresses cannot keep GitHub out: the longest one gives way', async () => {
    const slow = []
    for (let address = 1; address <= 2 * OF_ONE_ADDRESS; address += 1)
      slow.push(await startSlowly(`192.0.2.${address}`))
    await expect.poll(async () => (await report('198.51.100.1')).status).toBe(429)
    const closed = once(slow[0] as Socket, 'close')
    await setTimeout(UNHURRIED_MS)
    expect((await report('198.51.100.1')).status).toBe(200)
    await closed
    expect(slow[1]?.destroyed).toBe(false)
  })

  it('are disconnected after ten seconds', async () => {
    const socket = await startSlowly('192.0.2.9')
    const begunAt = performance.now()
    await once(socket, 'close')
    expect(performance.now() - begunAt).toBeLessThan(20_000)
    expect((await report('192.0.2.9')).status).toBe(200)
  }, 30_000)
})
