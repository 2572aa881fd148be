// Clients of live subscriptions, in a process of their own. Takes LiveCommands and sends LiveReports.

import { WebSocket } from 'ws'
import { type LiveCommand, type LiveGroup, type LiveReport, monotonicNow } from './live-messages.ts'

const SOCKETS_AT_ONCE = 100

const report = (message: LiveReport) => process.send?.(message)

/** What was received and closed so far, and what is waited for. */
const state = {
  open: 0,
  received: 0,
  expected: Number.POSITIVE_INFINITY,
  awaitsClose: false,
  codes: new Set<number>(),
}

const receive = (text: string) => {
  state.received += 1
  if (state.received === state.expected) report({ kind: 'counted', at: String(monotonicNow()), text })
}

const reportIfClosed = () => {
  if (state.awaitsClose && state.open === 0)
    report({ kind: 'closed', at: String(monotonicNow()), codes: [...state.codes] })
}

type Open = Extract<LiveCommand, { kind: 'open' }>

const openSocket = ({ url, query, variables }: Open, { secret, subscriptionsPerSocket }: LiveGroup): Promise<void> =>
  new Promise((resolve, reject) => {
    const protocols = subscriptionsPerSocket === 0 ? [] : ['graphql-transport-ws']
    const socket = new WebSocket(`${url.replace('http', 'ws')}/graphql`, protocols)
    socket.on('error', reject)
    socket.on('open', () => {
      state.open += 1
      // A bare server has no protocol, and sends to every socket.
      if (subscriptionsPerSocket === 0) return resolve()
      socket.send(JSON.stringify({ type: 'connection_init', payload: { authorization: `Bearer ${secret}` } }))
    })
    socket.on('message', (data) => {
      const text = String(data)
      // Parsing each of thousands of equal messages would measure this process.
      if (text.includes('"type":"next"')) return receive(text)
      if (text.includes('"type":"error"')) return report({ kind: 'failed', reason: text })
      if (!text.includes('"type":"connection_ack"')) return
      for (let id = 0; id < subscriptionsPerSocket; id += 1)
        socket.send(JSON.stringify({ id: String(id), type: 'subscribe', payload: { query, variables } }))
      resolve()
    })
    socket.on('close', (code, reason) => {
      state.open -= 1
      state.codes.add(code)
      reject(new Error(`The socket was closed: ${code} ${reason}`))
      reportIfClosed()
    })
  })

const open = async (command: Open) => {
  const sockets = command.groups.flatMap((group) => Array.from({ length: group.sockets }, () => group))
  while (sockets.length > 0)
    await Promise.all(sockets.splice(0, SOCKETS_AT_ONCE).map((group) => openSocket(command, group)))
  report({ kind: 'opened' })
}

const post = async ({ url, secret, body }: Extract<LiveCommand, { kind: 'post' }>) => {
  const began = performance.now()
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
    body,
  })
  const text = await response.text()
  if (text.includes('"errors"')) throw new Error(text)
  report({ kind: 'answered', milliseconds: performance.now() - began })
}

const obey = async (command: LiveCommand) => {
  switch (command.kind) {
    case 'open':
      return open(command)
    case 'count':
      state.received = 0
      state.expected = command.events
      return
    case 'awaitClose':
      state.awaitsClose = true
      return reportIfClosed()
    case 'post':
      return post(command)
  }
}

process.on('message', (command: LiveCommand) => {
  obey(command).catch((error: unknown) => report({ kind: 'failed', reason: String(error) }))
})
process.on('disconnect', () => process.exit())
