import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { WebSocketServer } from 'ws'

/** The least that a broadcast to WebSockets takes: `ws` with its defaults, as its documentation shows it. */
export const openBareServer = async () => {
  const http = createServer()
  const sockets = new WebSocketServer({ server: http })
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
  const { port } = http.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    broadcast: (text: string) => {
      for (const socket of sockets.clients) if (socket.readyState === socket.OPEN) socket.send(text)
    },
    closeAll: () => {
      for (const socket of sockets.clients) socket.close(4403, 'Credential no longer valid: REVOKED')
    },
    close: async () => {
      for (const socket of sockets.clients) socket.terminate()
      sockets.close()
      http.close()
    },
  }
}
