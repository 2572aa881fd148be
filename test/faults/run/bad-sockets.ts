import { connect, type Socket } from 'node:net'
import WebSocket from 'ws'
import { KeyEventsDocument } from '../../../src/generated/graphql.ts'
import type { Instances } from './instances.ts'
import { pause } from './settings.ts'

const AT_ONCE = 40

const openWebSocket = (url: string, secret: string): WebSocket => {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws')
  socket.on('error', () => undefined)
  socket.on('open', () =>
    socket.send(JSON.stringify({ type: 'connection_init', payload: { authorization: `Bearer ${secret}` } })),
  )
  return socket
}

/** Clients that come and go, that never read, or that send half a request, until they are stopped. */
export const sendBadSockets = ({ urls, secret, organizationId }: Instances): (() => Promise<void>) => {
  let isStopped = false
  const open: (WebSocket | Socket)[] = []
  const neverRead = (url: string) => {
    const socket = openWebSocket(url, secret)
    open.push(socket)
    socket.on('message', () => {
      const payload = { query: KeyEventsDocument.toString(), variables: { organizationId, after: 0 } }
      socket.send(JSON.stringify({ type: 'subscribe', id: '1', payload }))
      socket.pause()
    })
  }
  const sendHalf = (url: string) => {
    const { port, hostname } = new URL(url)
    const socket = connect(Number(port), hostname)
    open.push(socket)
    socket.on('error', () => undefined)
    socket.write(`POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-length: 1000\r\n\r\n{"query":`)
  }
  const comeAndGo = async (url: string) => {
    while (!isStopped) {
      const socket = openWebSocket(url, secret)
      await new Promise((resolve) => socket.once('message', resolve).once('close', resolve))
      socket.terminate()
      await pause(20)
    }
  }
  const coming = urls.map((url) => comeAndGo(url))
  for (const url of urls)
    for (let count = 0; count < AT_ONCE / 2; count += 1) {
      neverRead(url)
      sendHalf(url)
    }
  return async () => {
    isStopped = true
    await Promise.all(coming)
    for (const socket of open) {
      if (socket instanceof WebSocket) socket.terminate()
      else socket.destroy()
    }
  }
}
