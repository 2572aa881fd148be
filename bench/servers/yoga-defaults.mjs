// Yoga with its default settings behind node:http, on Keyturn's schema with Keyturn's services. Prints what Keyturn prints.

import { createServer } from 'node:http'
import { createYoga } from 'graphql-yoga'
import { pino } from 'pino'
import { parseBearer } from '../../dist/src/access/bearer.js'
import { createApp } from '../../dist/src/app.js'
import { readConfig } from '../../dist/src/config.js'
import { schema } from '../../dist/src/graphql-server/schema.js'
import { createContext } from '../../dist/src/schema-kit/context.js'

const app = await createApp({ config: readConfig(), logger: pino({ level: 'silent' }) })
const { services, authenticator } = app.parts
const nothing = () => undefined
const origin = { requestId: 'bench', ipAddress: '127.0.0.1', userAgent: 'bench' }
const connection = {
  origin,
  credential: null,
  hold: () => nothing,
  end: nothing,
  onGone: () => nothing,
  mutationRefusal: null,
}
const yoga = createYoga({
  schema,
  context: async ({ request }) => {
    const credential = parseBearer(request.headers.get('authorization') ?? '')
    const { principal } = await authenticator.identify(credential, origin, false)
    return createContext(services, principal, connection)
  },
})
const server = createServer(yoga)
server.listen(0, '127.0.0.1', () => {
  console.log(app.firstStart.ownerSecret)
  console.log(`Organization: ${app.firstStart.organizationId}`)
  console.log(`Yoga is serving at http://127.0.0.1:${server.address().port}/graphql`)
})
process.on('SIGTERM', () => process.exit())
