import { once } from 'node:events'
import { type AddressInfo, createServer, type Server } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { MODEL } from '../../src/model.ts'
import { openDataSources } from '../../src/persistence/data-source.ts'

const message = (type: string, content: Buffer): Buffer => {
  const length = Buffer.alloc(4)
  length.writeInt32BE(content.length + 4)
  return Buffer.concat([Buffer.from(type), length, content])
}
/** Authentication succeeded; ready for a query; and the connection is terminated, all in one packet. */
const OPENED_AND_ENDED = Buffer.concat([
  message('R', Buffer.alloc(4)),
  message('Z', Buffer.from('I')),
  message('E', Buffer.from('SFATAL\0VFATAL\0C57P01\0Mterminating connection due to administrator command\0\0')),
])

describe('a connection that PostgreSQL terminates in the moment in which it is opened', () => {
  let server: Server
  beforeEach(async () => {
    server = createServer((socket) => {
      socket.on('error', () => undefined)
      socket.once('data', () => socket.end(OPENED_AND_ENDED))
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
  })
  afterEach(() => server.close())

  it('is an error of who uses it, and does not end the process', async () => {
    const { port } = server.address() as AddressInfo
    const opened = openDataSources(`postgres://postgres@127.0.0.1:${port}/postgres`, MODEL)
    await expect(opened).rejects.toThrow(/Connection terminated|terminating connection|not queryable/)
  })
})
