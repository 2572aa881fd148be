import type { TypedDocumentNode } from '@graphql-typed-document-node/core'
import { describe, expectTypeOf, it } from 'vitest'
import { createKeyturnClient, type KeyturnClientError } from '../../src/client/client.ts'
import {
  KeyEventsDocument,
  type KeyEventsSubscription,
  ViewerDocument,
  type ViewerQuery,
} from '../../src/client/documents.ts'
import type { requireGrant } from '../../src/verify/express.ts'
import type { createVerifier, VerifiedCredential, Verifier, VerifyError } from '../../src/verify/verify.ts'

// `npm run typecheck` decides these: at run time they do nothing.
describe('the types of the package', () => {
  const client = createKeyturnClient({ url: 'http://keys.test/graphql', credential: async () => 'secret' })

  it('a generated document has the type of its data', () => {
    expectTypeOf(() => client.execute(ViewerDocument)).returns.resolves.toEqualTypeOf<ViewerQuery>()
    expectTypeOf(() => client.subscribe(KeyEventsDocument, { organizationId: 'org_1' })).returns.toEqualTypeOf<
      AsyncIterableIterator<KeyEventsSubscription>
    >()
  })

  it('a typed syntax tree has the type of its data, and text has unknown', () => {
    const document = {} as TypedDocumentNode<{ a: number }, { b: string }>
    expectTypeOf(() => client.execute(document, { b: '' })).returns.resolves.toEqualTypeOf<{ a: number }>()
    expectTypeOf(() => client.execute('{ viewer { kind } }')).returns.resolves.toBeUnknown()
  })

  it('variables of another type do not compile', () => {
    // @ts-expect-error an id is text
    expectTypeOf(() => client.subscribe(KeyEventsDocument, { organizationId: 1 })).toBeFunction()
  })

  it('errors and credentials have the fields of the contract', () => {
    expectTypeOf<KeyturnClientError['issues']>().toEqualTypeOf<{ path: string; message: string }[] | undefined>()
    expectTypeOf<VerifyError['status']>().toEqualTypeOf<401 | 403 | 503>()
    expectTypeOf<Verifier['feedState']>().toEqualTypeOf<'off' | 'connecting' | 'live' | 'down'>()
    expectTypeOf<ReturnType<typeof createVerifier>['verify']>().returns.resolves.toEqualTypeOf<VerifiedCredential>()
    expectTypeOf<Parameters<typeof requireGrant>[0]>().toEqualTypeOf<`${string}:${string}`>()
  })
})
