import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { afterEach, expect, it } from 'vitest'
import { type Lookup, NameLookup } from '../../src/notifications/channels/name-lookup.ts'
import { deferred } from '../support/open-database.ts'

const HEADER_BYTES = 12
const IPV4 = 1
const NO_SUCH_NAME = 3

/** The name of a question of DNS, and where it ends (RFC 1035 section 4.1.2). */
const questionIn = (query: Buffer): { readonly name: string; readonly end: number } => {
  const labels: string[] = []
  let at = HEADER_BYTES
  for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
    labels.push(query.toString('latin1', at + 1, at + 1 + length))
    at += 1 + length
  }
  return { name: labels.join('.'), end: at + 5 }
}

/** An answer with one address of the family, or without any. */
const answerTo = (query: Buffer, addresses: Readonly<Record<string, string>>): Buffer => {
  const { name, end } = questionIn(query)
  const type = query.readUInt16BE(end - 4)
  const address = type === IPV4 ? addresses[name] : undefined
  const answer = Buffer.from(query.subarray(0, end))
  const known = addresses[name] !== undefined
  answer.writeUInt16BE(0x8180 | (known ? 0 : NO_SUCH_NAME), 2)
  answer.writeUInt16BE(address === undefined ? 0 : 1, 6)
  answer.fill(0, 8, HEADER_BYTES)
  if (address === undefined) return answer
  const record = Buffer.from([0xc0, HEADER_BYTES, 0, IPV4, 0, 1, 0, 0, 0, 0, 0, 4, ...address.split('.').map(Number)])
  return Buffer.concat([answer, record])
}

const sockets: Socket[] = []
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.close()
})

/** A name server that knows some names, and never answers for those that end with `slow.example`. */
const startNameServer = async (addresses: Readonly<Record<string, string>>) => {
  const asked: string[] = []
  const socket = createSocket('udp4', (query, from) => {
    const { name } = questionIn(query)
    asked.push(name)
    if (!name.endsWith('slow.example')) socket.send(answerTo(query, addresses), from.port, from.address)
  })
  sockets.push(socket)
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  return { server: `127.0.0.1:${socket.address().port}`, asked }
}

const NEVER: Lookup = () => Promise.reject(new Error('The system was asked.'))

it('a name is resolved while name servers of many others do not answer', async () => {
  const { server, asked } = await startNameServer({ 'hooks.example.com': '192.0.2.7' })
  const names = new NameLookup({ servers: [server], system: NEVER })
  const slow = Array.from({ length: 100 }, (_, number) => names.find(`${number}.slow.example`))
  const outcomes = Promise.allSettled(slow)
  await expect.poll(() => new Set(asked).size).toBe(slow.length)
  expect(await names.find('hooks.example.com')).toEqual([{ address: '192.0.2.7', family: 4 }])
  expect(await Promise.race([outcomes, 'still waiting'])).toBe('still waiting')
})

it('names without a dot are those of the system', async () => {
  const { server, asked } = await startNameServer({})
  const names = new NameLookup({ servers: [server] })
  expect((await names.find('localhost')).map(({ address }) => address)).toContain('127.0.0.1')
  expect(asked).toEqual([])
})

it('of names that DNS does not have, the system is asked, one after the other', async () => {
  const { server } = await startNameServer({})
  const { promise: answered, resolve } = deferred()
  const asked: string[] = []
  const system: Lookup = async (hostname) => {
    asked.push(hostname)
    if (hostname === 'first.internal') await answered
    if (hostname === 'second.internal') throw new Error('Nobody has it.')
    return [{ address: '10.0.0.1', family: 4 }]
  }
  const names = new NameLookup({ servers: [server], system })
  const first = names.find('first.internal')
  await expect.poll(() => asked).toEqual(['first.internal'])
  const others = Promise.allSettled([names.find('second.internal'), names.find('third.internal')])
  expect(asked).toEqual(['first.internal'])
  resolve()
  expect(await first).toEqual([{ address: '10.0.0.1', family: 4 }])
  expect((await others).map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
  expect(asked).toHaveLength(3)
})
