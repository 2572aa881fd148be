// The logic of a warning list without its view: give `onChange` to whatever renders.
import { createClient, fetchExchange, subscriptionExchange } from '@urql/core'
import { createClient as createSocket } from 'graphql-ws'
import { resumable } from 'keyturn/client'
import { AcknowledgeExpiryWarningDocument, ExpiryWarningsDocument } from 'keyturn/documents'

const createUrql = ({ url, key, webSocketImpl }) => {
  const authorization = `Bearer ${key}`
  const socket = createSocket({
    url: `${url.replace(/^http/, 'ws')}/graphql`,
    webSocketImpl,
    connectionParams: () => ({ authorization }),
    retryAttempts: Number.POSITIVE_INFINITY,
    retryWait: (retries) => new Promise((resolve) => setTimeout(resolve, Math.min(5_000, 250 * 2 ** retries))),
    shouldRetry: () => true,
  })
  const forwardSubscription = ({ query = '', variables }) => ({
    subscribe: (observer) => {
      const { payload, sink } = resumable({ query, variables })
      const next = sink((result) => observer.next(result))
      return { unsubscribe: socket.subscribe(payload, { ...observer, next }) }
    },
  })
  return createClient({
    url: `${url}/graphql`,
    preferGetMethod: false,
    fetchOptions: () => ({ headers: { authorization } }),
    exchanges: [subscriptionExchange({ forwardSubscription }), fetchExchange],
  })
}

/** Open warnings of an organization, newest first. A warning of a key replaces the earlier one of the same key. */
export const followWarnings = ({ url, key, organizationId, webSocketImpl, onChange, onError }) => {
  const client = createUrql({ url, key, webSocketImpl })
  const byKey = new Map()
  const changed = () => onChange([...byKey.values()].sort((a, b) => b.sequence - a.sequence))

  const { unsubscribe } = client
    .subscription(`${ExpiryWarningsDocument}`, { organizationId, after: 0 })
    .subscribe(({ data, error }) => {
      if (error !== undefined) return onError(error)
      const warning = data.expiryWarnings
      if (warning.acknowledgedAt === null) byKey.set(warning.key.id, warning)
      else byKey.delete(warning.key.id)
      changed()
    })

  return {
    acknowledge: async (warning) => {
      const { error } = await client.mutation(`${AcknowledgeExpiryWarningDocument}`, { id: warning.id })
      if (error !== undefined) return onError(error)
      byKey.delete(warning.key.id)
      changed()
    },
    stop: unsubscribe,
  }
}
