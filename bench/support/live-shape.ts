import type { App } from '../../src/app.ts'
import { ownerOf } from './bench.ts'
import { LiveClientProcess } from './live-client-process.ts'
import type { LiveGroup } from './live-messages.ts'

/** Credentials, WebSockets of each, and subscriptions on each WebSocket. */
export interface Shape {
  readonly credentials: number
  readonly sockets: number
  readonly perSocket: number
}

const MAX = '100000'
/** Settings that let one credential hold every subscription of a benchmark. */
export const WITHOUT_LIMITS = {
  KEYTURN_MAX_CONNECTIONS: MAX,
  KEYTURN_MAX_CONNECTIONS_PER_ADDRESS: MAX,
  KEYTURN_MAX_SOCKETS: MAX,
  KEYTURN_MAX_SOCKETS_PER_ORGANIZATION: MAX,
  KEYTURN_MAX_SOCKETS_PER_CREDENTIAL: MAX,
  KEYTURN_MAX_UNAUTHENTICATED_SOCKETS: MAX,
  KEYTURN_MAX_UNAUTHENTICATED_SOCKETS_PER_ADDRESS: MAX,
  KEYTURN_MAX_SUBSCRIPTIONS: MAX,
  KEYTURN_MAX_SUBSCRIPTIONS_PER_ORGANIZATION: MAX,
  KEYTURN_MAX_SUBSCRIPTIONS_PER_CREDENTIAL: MAX,
}

export const QUERY = `subscription ($organizationId: ID!) {
  keyEvents(organizationId: $organizationId) { sequence type occurredAt targetId actor { kind id } }
}`

export const sleep = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds))
export const countOf = ({ credentials, sockets, perSocket }: Shape) => credentials * sockets * perSocket

const until = async (holds: () => boolean) => {
  while (!holds()) await sleep(20)
}

/** An app with the credentials of a shape. */
export const prepareCredentials = async (shape: Shape, app: App) => {
  const { caller, organizationId, secret } = await ownerOf(app)
  const url = await app.listen()
  const create = (name: string) =>
    app.parts.services.createKey.createApiKey(caller, {
      organizationId,
      name,
      grants: [{ module: 'keys', role: 'VIEWER' }],
    })
  const issued = []
  for (let number = 0; number < shape.credentials; number += 1) issued.push(await create(`subscriber ${number}`))
  const groups = issued.map(
    (key): LiveGroup => ({ secret: key.secret, sockets: shape.sockets, subscriptionsPerSocket: shape.perSocket }),
  )
  return { app, caller, organizationId, url, secret, create, groups, keys: issued.map(({ key }) => key) }
}

/** An app with the credentials of a shape. `open` opens its subscriptions, from another process. */
export const prepareShape = async (shape: Shape, app: App) => {
  const prepared = await prepareCredentials(shape, app)
  const { url, organizationId, groups } = prepared
  const clients = new LiveClientProcess()
  const open = async () => {
    const opened = clients.next('opened')
    clients.send({ kind: 'open', url, query: QUERY, variables: { organizationId }, groups })
    await opened
    await until(() => app.parts.live.size === countOf(shape))
  }
  return { ...prepared, clients, open }
}

export type PreparedShape = Awaited<ReturnType<typeof prepareShape>>
