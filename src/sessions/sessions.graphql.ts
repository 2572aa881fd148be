import { ViewerRef } from '../keys/viewer.graphql.ts'
import { builder } from '../schema-kit/builder.ts'
import { callerOf } from '../schema-kit/context.ts'
import { NodeRef, registerNode } from '../schema-kit/node.ts'
import './context.graphql.ts'
import type { SessionRow } from './session.entity.ts'

const SessionRef = builder.objectRef<SessionRow>('Session').implement({
  description: 'A sign-in at the console. Only the person who signed in can read it.',
  interfaces: [NodeRef],
  partOfParent: true,
  fields: (t) => ({
    createdAt: t.field({
      type: 'DateTime',
      description: 'Time of the sign-in.',
      resolve: (session) => session.createdAt,
    }),
    lastUsedAt: t.field({
      type: 'DateTime',
      description: 'Time of the last use, to the minute. A session ends after 12 hours without use.',
      resolve: (session) => session.lastUsedAt,
    }),
    expiresAt: t.field({
      type: 'DateTime',
      description:
        'Time at which the session ends at the latest: 7 days after the sign-in. It ends earlier if the key of the sign-in ends.',
      resolve: (session) => session.expiresAt,
    }),
    ipAddress: t.exposeString('ipAddress', { nullable: true, description: 'IP address of the sign-in.' }),
    userAgent: t.exposeString('userAgent', {
      nullable: true,
      description: 'User agent of the sign-in, at most 256 characters.',
    }),
    current: t.boolean({
      description: 'Whether this request was made with the session.',
      resolve: ({ id }, _, { principal }) => principal?.credential.sessionId === id,
    }),
  }),
})

registerNode('session', {
  typeOf: () => 'Session',
  find: (id, context) => context.services.sessions.find(callerOf(context), id),
})

builder.objectField(ViewerRef, 'sessions', (t) =>
  t.field({
    type: [SessionRef],
    description: 'The console sessions of the caller, newest first, at most 20; none for a machine or an access token.',
    resolve: (_, __, context) => context.services.sessions.listOwn(callerOf(context)),
  }),
)

const EndSessionsInput = builder.inputType('EndSessionsInput', {
  description: 'The sessions to end.',
  fields: (t) => ({
    id: t.id({ description: 'Id of the session. Omit it to end all of your sessions but the current one.' }),
  }),
})

const EndSessionsPayload = builder.objectRef<{ endedSessionIds: string[] }>('EndSessionsPayload').implement({
  description: 'Result of `endSessions`.',
  partOfParent: true,
  fields: (t) => ({
    endedSessionIds: t.field({
      type: ['ID'],
      description: 'Ids of the sessions that were ended.',
      resolve: (payload) => payload.endedSessionIds,
    }),
  }),
})

builder.mutationField('endSessions', (t) =>
  t.field({
    type: EndSessionsPayload,
    description:
      'Ends console sessions of the caller at once, with their live subscriptions. Requires no grant. Machines and access tokens are rejected.',
    args: { input: t.arg({ type: EndSessionsInput, required: true, description: 'The sessions to end.' }) },
    authScopes: { caller: true },
    resolve: async (_, { input }, context) => ({
      endedSessionIds: await context.services.sessions.end(callerOf(context), input.id ?? null),
    }),
  }),
)
