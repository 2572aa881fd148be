// Creates API keys over HTTP from a process of its own until it is stopped: [url, secret, organization, how many at once].

import { Agent, request } from 'node:http'
import { CreateApiKeyDocument } from '../../src/generated/graphql.ts'

const [url = '', secret = '', organizationId = '', atOnce = '1'] = process.argv.slice(2)
const agent = new Agent({ keepAlive: true, maxSockets: Number(atOnce) })
const query = CreateApiKeyDocument.toString()
let number = 0

const create = (): Promise<void> =>
  new Promise((resolve, reject) => {
    number += 1
    const body = JSON.stringify({
      query,
      variables: {
        input: { organizationId, name: `over http ${number}`, grants: [{ module: 'keys', role: 'VIEWER' }] },
      },
    })
    const headers = {
      authorization: `Bearer ${secret}`,
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
    }
    const sent = request(`${url}/graphql`, { method: 'POST', agent, headers }, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (part: string) => {
        text += part
      })
      response.on('end', () => (text.includes('"errors"') ? reject(new Error(text)) : resolve()))
    })
    sent.on('error', reject).end(body)
  })

await Promise.all(
  Array.from({ length: Number(atOnce) }, async () => {
    for (;;) await create()
  }),
)
