import { type AddressInfo, createServer, type Socket } from 'node:net'

export interface ReservedPort {
  readonly port: number
  /** Frees it for the server, which has to listen at once. */
  release(): Promise<void>
}

/**
 * Takes a free port and keeps it. For a server that is started on port 0, whose links and issuer have to name its port before
 * it listens. Rejects where the address cannot be used.
 */
export const reservePort = (host: string): Promise<ReservedPort> =>
  new Promise((resolve, reject) => {
    const sockets = new Set<Socket>()
    const server = createServer((socket) => sockets.add(socket))
    server.once('error', reject)
    server.listen(0, host, () => {
      const { port } = server.address() as AddressInfo
      const release = () =>
        new Promise<void>((done) => {
          server.close(() => done())
          for (const socket of sockets) socket.destroy()
        })
      resolve({ port, release })
    })
  })
