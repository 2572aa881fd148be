import { builder } from '../schema-kit/builder.ts'
import type { ACTOR_KINDS, Actor } from './audit-event.ts'

export const ActorKindRef = builder.enumType('ActorKind', {
  description: 'The kind of caller that caused an event.',
  values: {
    USER: { description: 'A person.' },
    API_KEY: { description: 'A machine, authenticated with an API key.' },
    SYSTEM: { description: 'Keyturn itself, for example when a key expires or a policy applies.' },
    ANONYMOUS: { description: 'A caller without a valid credential.' },
  } satisfies Record<(typeof ACTOR_KINDS)[number], { description: string }>,
})

export const ActorRef = builder.objectRef<Actor>('Actor').implement({
  description: 'The caller that caused an event, as it was named at that time.',
  partOfParent: true,
  fields: (t) => ({
    kind: t.field({
      type: ActorKindRef,
      description: 'The kind of caller.',
      resolve: (actor) => actor.kind,
    }),
    id: t.exposeID('id', {
      nullable: true,
      description: 'Id of the user or of the API key. Null for `SYSTEM` and `ANONYMOUS`.',
    }),
    name: t.exposeString('name', {
      nullable: true,
      description: 'Name of the caller at that time.',
    }),
  }),
})
