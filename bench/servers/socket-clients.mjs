// Clients of one server, in a process of their own: they open WebSockets, count messages and send requests. Instants are of the
// system's monotonic clock, which processes share.

import { WebSocket } from 'ws'

const AT_ONCE = 100
const state = { received: 0, expected: Number.POSITIVE_INFINITY, lastAt: null, text: null, tell: null }

const receive = (text) => {
  state.received += 1
  if (state.received < state.expected) return
  state.lastAt = String(process.hrtime.bigint())
  state.text = text
  state.tell?.()
}

const openSocket = ({ url, query, variables }, secret) =>
  new Promise((resolve, reject) => {
    const socket = new WebSocket(url, 'graphql-transport-ws')
    socket.on('error', reject)
    socket.on('close', (code, reason) => reject(new Error(`The socket was closed: ${code} ${reason}`)))
    socket.on('open', () => {
      if (secret === null) return resolve()
      socket.send(JSON.stringify({ type: 'connection_init', payload: { authorization: `Bearer ${secret}` } }))
    })
    socket.on('message', (data) => {
      const text = String(data)
      // Parsing each of thousands of equal messages would measure this process.
      if (text.includes('"type":"next"')) return receive(text)
      if (text.includes('"type":"error"')) throw new Error(text)
      if (!text.includes('"type":"connection_ack"')) return
      socket.send(JSON.stringify({ id: '0', type: 'subscribe', payload: { query, variables } }))
      resolve()
    })
  })

const open = async ({ count, secrets, ...how }) => {
  for (let opened = 0; opened < count; opened += AT_ONCE)
    await Promise.all(
      Array.from({ length: Math.min(AT_ONCE, count - opened) }, (_, index) =>
        openSocket(how, secrets[(opened + index) % secrets.length] ?? null),
      ),
    )
}

const post = async ({ url, headers, body }) => {
  const sentAt = process.hrtime.bigint()
  const response = await fetch(url, { method: 'POST', headers, body })
  const text = await response.text()
  const answeredAt = process.hrtime.bigint()
  if (!response.ok || text.includes('"errors"')) throw new Error(text)
  return { sentAt: String(sentAt), answeredAt: String(answeredAt) }
}

const obey = async (command) => {
  switch (command.kind) {
    case 'open':
      return open(command)
    case 'expect':
      Object.assign(state, { received: 0, expected: command.count, lastAt: null })
      return
    case 'await':
      if (state.lastAt === null)
        await new Promise((resolve) => {
          state.tell = resolve
        })
      return { lastAt: state.lastAt, text: state.text }
    case 'post':
      return post(command.request)
  }
}

process.on('message', (command) => {
  obey(command)
    .then((answer) => answer ?? {})
    .catch((error) => ({ error: String(error?.stack ?? error) }))
    .then((answer) => process.send(answer))
})
process.on('SIGTERM', () => process.exit())
console.log('ready')
