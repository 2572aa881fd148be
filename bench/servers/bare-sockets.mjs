// A broadcast by `ws` and nothing else: a POST sends one text to all.

import { createServer } from 'node:http'
import { WebSocketServer } from 'ws'
import { input, listen } from './http.mjs'

const { payload } = await input()
const sockets = new WebSocketServer({ noServer: true })
const server = createServer((request, response) => {
  request.resume()
  request.on('end', () => {
    const text = payload.replace(/"occurredAt":"[^"]*"/, `"occurredAt":"${new Date().toISOString()}"`)
    for (const socket of sockets.clients) socket.send(text)
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end('{"data":{}}')
  })
})
server.on('upgrade', (request, socket, head) => {
  sockets.handleUpgrade(request, socket, head, (connection) => sockets.emit('connection', connection))
})
listen(server)
