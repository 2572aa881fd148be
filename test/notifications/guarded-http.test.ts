import type { LookupAddress } from 'node:dns'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { EnvHttpProxyAgent, request } from 'undici'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { InputIssues } from '../../src/kernel/errors.ts'
import { classifyAddress } from '../../src/notifications/channels/address-rule.ts'
import { GuardedHttp, type GuardedHttpOptions } from '../../src/notifications/channels/guarded-http.ts'
import { checkTarget } from '../../src/notifications/notification-target.ts'
import { answering, type Receiver, startReceiver } from '../support/receiver.ts'

const PRIVATE = [
  '127.0.0.1',
  '127.8.9.1',
  '10.0.0.1',
  '172.16.0.1',
  '192.168.1.1',
  '169.254.169.254',
  '100.64.0.1',
  '0.0.0.0',
  '224.0.0.1',
  '255.255.255.255',
  '192.0.2.1',
  '198.18.0.1',
  // Metadata and host agents of Alibaba Cloud, Oracle Cloud and Azure.
  '100.100.100.200',
  '192.0.0.192',
  '168.63.129.16',
  '::',
  '::1',
  'fe80::1',
  'fe80::1%eth0',
  '::1%lo',
  '2606:4700:4700::1111%eth0',
  'fc00::1',
  'fd00:ec2::254',
  'ff02::1',
  '::ffff:127.0.0.1',
  '::ffff:8.8.8.8',
  '::ffff:a9fe:a9fe',
  '::127.0.0.1',
  '::7f00:1',
  '64:ff9b::a9fe:a9fe',
  '64:ff9b::8.8.8.8',
  '0:0:0:0:0:ffff:7f00:1',
  '64:ff9b:1::7f00:1',
  '2002:7f00:1::',
  '2001:db8::1',
  '2001::1',
]

describe('an address', () => {
  it.each(PRIVATE)('is rejected: %s', (address) => {
    expect(classifyAddress(address, [])).toBe('refused')
  })

  it.each(['8.8.8.8', '1.1.1.1', '2606:4700:4700::1111'])('is public: %s', (address) => {
    expect(classifyAddress(address, [])).toBe('public')
  })

  it('is allowed in a configured range, also in its mapped form', () => {
    expect(classifyAddress('10.1.2.3', ['10.1.0.0/16'])).toBe('configured')
    expect(classifyAddress('::ffff:10.1.2.3', ['10.1.0.0/16'])).toBe('configured')
    expect(classifyAddress('10.2.0.1', ['10.1.0.0/16'])).toBe('refused')
  })
})

describe('the URL of a route', () => {
  const faultsOf = (url: string, allowedRanges: readonly string[] = []) => {
    const issues = new InputIssues()
    checkTarget(issues, { webhook: { url } }, { allowedRanges, mail: false })
    return issues.error?.fields.issues?.map((issue) => issue.path) ?? []
  }

  it.each([
    'https://127.0.0.1/',
    'https://2130706433/',
    'https://0x7f.1/',
    'https://0177.0.0.1/',
    'https://0x7f000001/',
    'https://017700000001/',
    'https://127.1/',
    'https://127.0.0.1./',
    'https://%31%32%37.0.0.1/',
    'https://①②⑦.⓪.⓪.①/',
    'https://0.0.0.0/',
    'https://0/',
    'https://[::]/',
    'https://[64:ff9b::7f00:1]/',
    'https://[fd00:ec2::254]/',
    'https://[fe80::1%25eth0]/',
    'https://168.63.129.16/',
    'https://[::1]/',
    'https://[::ffff:127.0.0.1]/',
    'https://[0:0:0:0:0:ffff:7f00:1]/',
    'https://169.254.169.254/latest/meta-data',
    'http://example.com/',
    'ftp://example.com/',
    'example.com',
    `https://example.com/${'a'.repeat(2_100)}`,
  ])('is rejected: %s', (url) => {
    expect(faultsOf(url)).toEqual(['target.webhook.url'])
  })

  it('may be http if the operator allows the range', () => {
    expect(faultsOf('http://127.0.0.1:8080/', ['127.0.0.0/8'])).toEqual([])
    expect(faultsOf('http://8.8.8.8/', ['127.0.0.0/8'])).toEqual(['target.webhook.url'])
  })
})

describe('a request to a receiver', () => {
  let receiver: Receiver
  const opened: GuardedHttp[] = []
  beforeEach(async () => {
    receiver = await startReceiver()
  })
  afterEach(async () => {
    for (const http of opened.splice(0)) await http.close()
    await receiver.close()
  })

  const guard = (options: Partial<GuardedHttpOptions> = {}) => {
    const http = new GuardedHttp({ allowedRanges: [], ...options })
    opened.push(http)
    return http
  }
  const port = () => new URL(receiver.url).port
  const resolving = (...answers: (readonly string[])[]) => {
    let calls = 0
    const lookup = async (): Promise<LookupAddress[]> => {
      const addresses = answers[Math.min(calls, answers.length - 1)] ?? []
      calls += 1
      return addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }))
    }
    return { lookup, calls: () => calls }
  }

  it.each(PRIVATE)('is rejected if a name resolves to %s', async (to) => {
    const { lookup } = resolving([to])
    await expect(guard({ lookup }).post(`https://hooks.example.com:${port()}/`, '{}', {})).rejects.toThrow('not public')
    expect(receiver.requests).toEqual([])
  })

  it('is rejected if one of several addresses is not public', async () => {
    const { lookup } = resolving(['8.8.8.8', '::ffff:127.0.0.1'])
    await expect(guard({ lookup }).post('https://hooks.example.com/', '{}', {})).rejects.toThrow('not public')
  })

  it('resolves the name once, so that an answer that changes has no effect', async () => {
    const { lookup, calls } = resolving(['127.0.0.1'], ['169.254.169.254'])
    const http = guard({ lookup, allowedRanges: ['127.0.0.0/8'] })
    expect(await http.post(`http://hooks.example.com:${port()}/`, '{}', {})).toMatchObject({ status: 204 })
    expect(calls()).toBe(1)
    // A new connection resolves again, and checks again.
    const later = guard({ lookup, allowedRanges: ['127.0.0.0/8'] })
    await expect(later.post(`http://hooks.example.com:${port()}/`, '{}', {})).rejects.toThrow('not public')
  })

  it('requires https for a public address', async () => {
    const { lookup } = resolving(['8.8.8.8'])
    const http = guard({ lookup, allowedRanges: ['127.0.0.0/8'] })
    await expect(http.post('http://hooks.example.com/', '{}', {})).rejects.toThrow('https')
  })

  it('is also rejected for literal addresses, in any form', async () => {
    for (const host of ['127.0.0.1', '2130706433', '0177.1', '0x7f.1', '[::1]', '[::ffff:7f00:1]', '[64:ff9b::7f00:1]'])
      await expect(guard().post(`http://${host}:${port()}/`, '{}', {})).rejects.toThrow('not public')
    expect(receiver.requests).toEqual([])
  })

  it('does not follow a redirect to a private address', async () => {
    receiver.answer = answering(307, { location: 'http://169.254.169.254/' })
    const http = guard({ allowedRanges: ['127.0.0.0/8'] })
    expect(await http.post(receiver.url, '{}', {})).toMatchObject({ status: 307 })
    expect(receiver.requests).toHaveLength(1)
  })

  it.each(['http', 'https'])('by %s uses no proxy of the environment', async (scheme) => {
    let connections = 0
    const proxy = createServer((_, response) => void response.writeHead(502).end())
    proxy.on('connection', () => {
      connections += 1
    })
    proxy.on('connect', (_, socket) => socket.end('HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\n\r\n'))
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
    const { port: proxyPort } = proxy.address() as AddressInfo
    for (const name of ['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY', 'http_proxy', 'https_proxy', 'all_proxy'])
      vi.stubEnv(name, `http://127.0.0.1:${proxyPort}`)
    for (const name of ['NO_PROXY', 'no_proxy']) vi.stubEnv(name, undefined)
    vi.stubEnv('NODE_USE_ENV_PROXY', '1')
    const url = `${scheme}://127.0.0.1:${port()}/`
    const proxied = new EnvHttpProxyAgent()
    try {
      // A client that reads these variables connects to the proxy, which refuses.
      await request(url, { dispatcher: proxied }).catch(() => undefined)
      expect(connections).toBe(1)
      // The receiver speaks no TLS, so https fails after its connection.
      const sent = guard({ allowedRanges: ['127.0.0.0/8'] }).post(url, '{}', {})
      if (scheme === 'http') expect(await sent).toMatchObject({ status: 204 })
      else await expect(sent).rejects.toThrow()
      expect(connections).toBe(1)
    } finally {
      vi.unstubAllEnvs()
      await proxied.destroy()
      proxy.closeAllConnections()
      proxy.close()
    }
  })

  it('is aborted after a timeout if the receiver hangs', async () => {
    receiver.answer = () => undefined
    const http = guard({ allowedRanges: ['127.0.0.0/8'], timeoutMs: 100 })
    await expect(http.post(receiver.url, '{}', {})).rejects.toThrow(/timeout/i)
  })

  it('reads at most 64 KiB of an endless response', async () => {
    let sent = 0
    receiver.answer = (_, response) => {
      const chunk = Buffer.alloc(16 * 1024)
      const more = () => {
        while (!response.destroyed) {
          sent += chunk.length
          if (!response.write(chunk)) return void response.once('drain', more)
        }
      }
      response.writeHead(200)
      more()
    }
    const http = guard({ allowedRanges: ['127.0.0.0/8'] })
    expect(await http.post(receiver.url, '{}', {})).toMatchObject({ status: 200 })
    // What the sockets of the system hold was written by the receiver, not read by the service.
    expect(sent).toBeLessThan(16 * 1024 * 1024)
  })
})
