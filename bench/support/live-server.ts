// One of the servers that bench/live-broadcast.ts compares. Takes ServerCommands and sends ServerReports.

import { createDatabase } from '../../test/support/engines.ts'
import { startApp } from './bench.ts'
import { startProfile } from './cpu-profile.ts'
import { openBareServer } from './live-bare-server.ts'
import { collectGarbage, commitOf, processorMs } from './live-measures.ts'
import { monotonicNow } from './live-messages.ts'
import type { ServerCommand, ServerReport } from './live-server-messages.ts'
import { prepareCredentials, WITHOUT_LIMITS } from './live-shape.ts'

interface Server {
  readonly ready: Extract<ServerReport, { kind: 'ready' }>
  /** Causes an event. Resolves with the instant at which its delivery began. */
  event(text: string): Promise<bigint>
  revoke(): Promise<bigint>
  close(): Promise<void>
}

const [contestant, credentials = '1', sockets = '10000'] = process.argv.slice(2)

const openKeyturn = async (): Promise<Server> => {
  const database = await createDatabase('sqlite')
  // tsx gives every function a name at run time, which costs each subscriber 7 KiB. The build does not.
  const built = new URL('../../dist/src/app.js', import.meta.url).href
  const { createApp }: typeof import('../../src/app.ts') = await import(built)
  const app = await startApp(database, WITHOUT_LIMITS, createApp)
  const shape = { credentials: Number(credentials), sockets: Number(sockets) / Number(credentials), perSocket: 1 }
  const prepared = await prepareCredentials(shape, app)
  const { url, groups, organizationId, secret, caller, create, keys } = prepared
  let events = 0
  return {
    ready: { kind: 'ready', url, groups, organizationId, ownerSecret: secret },
    event: () => commitOf(app, 'KEY_CREATED', () => create(`event ${events++}`)),
    revoke: () =>
      commitOf(app, 'KEY_REVOKED', async () => {
        for (const { id } of keys) await app.parts.services.revokeKey.revoke(caller, { id })
      }),
    close: async () => {
      await app.close()
      await database.remove()
    },
  }
}

const openBare = async (): Promise<Server> => {
  const { url, broadcast, closeAll, close } = await openBareServer()
  const timed = async (act: () => void) => {
    const at = monotonicNow()
    act()
    return at
  }
  const groups = [{ secret: '', sockets: Number(sockets), subscriptionsPerSocket: 0 }]
  return {
    ready: { kind: 'ready', url, groups, organizationId: '', ownerSecret: '' },
    event: (text) => timed(() => broadcast(text)),
    revoke: () => timed(closeAll),
    close,
  }
}

const report = (message: ServerReport) => process.send?.(message)

const server = await (contestant === 'ws' ? openBare() : openKeyturn())
let endProfile = async () => {}

const obey = async (command: ServerCommand): Promise<void> => {
  switch (command.kind) {
    case 'event':
      report({ kind: 'committed', at: String(await server.event(command.text)) })
      return
    case 'revoke':
      report({ kind: 'committed', at: String(await server.revoke()) })
      return
    case 'usage': {
      if (command.collectGarbage) collectGarbage()
      const { rss, heapUsed } = process.memoryUsage()
      report({ kind: 'usage', processorMs: processorMs(), residentBytes: rss, heapBytes: heapUsed })
      return
    }
    case 'profile':
      endProfile = await startProfile(command.name)
      report({ kind: 'profiled' })
      return
    case 'endProfile':
      await endProfile()
      report({ kind: 'profiled' })
  }
}

process.on('message', (command: ServerCommand) => {
  obey(command).catch((error: unknown) => {
    console.error(error)
    process.exit(1)
  })
})
process.on('disconnect', () => void server.close().finally(() => process.exit()))
report(server.ready)
