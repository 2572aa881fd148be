import { getRouteApi } from '@tanstack/react-router'
import { useState } from 'react'
import { useAction } from '../../data/use-action.ts'
import {
  CreateApiKeyInConsoleDocument,
  type CreateKeyPlaceQuery,
  CreatePersonalKeyInConsoleDocument,
} from '../../generated/graphql.ts'
import { checkExpiry } from '../../keys/expiry.ts'
import { type IssuedSecret, SecretDialog } from '../../keys/secret-dialog.tsx'
import { useRights } from '../../rights/rights.ts'
import { useNow } from '../../ui/use-now.ts'
import { apiKeyInput, type Draft, personalKeyInput } from './draft.ts'
import { DraftForm } from './draft-form.tsx'
import { DraftSummary } from './draft-summary.tsx'
import { firstDraft } from './first-draft.ts'

export type Place = NonNullable<CreateKeyPlaceQuery['organization']>

const route = getRouteApi('/console/$organizationId/keys/new')

/** Form, summary, and the secret, one after the other. */
export const CreateKeyFlow = ({ place }: { readonly place: Place }) => {
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const rights = useRights()
  const [draft, setDraft] = useState<Draft>(() => firstDraft(place, rights.grants, search))
  const [reviewed, setReviewed] = useState(false)
  const [issued, setIssued] = useState<IssuedSecret | null>(null)
  const create = useCreate()
  const now = new Date(useNow(1_000))
  const expiry = checkExpiry(draft.expiry, place.policy ?? null, now)

  if (!reviewed || expiry.kind === 'fault')
    return (
      <DraftForm
        place={place}
        draft={draft}
        onChange={setDraft}
        expiry={expiry}
        now={now}
        refused={create.error}
        onReview={() => setReviewed(true)}
      />
    )
  return (
    <>
      <DraftSummary
        place={place}
        draft={draft}
        expiry={expiry}
        now={now}
        isCreating={create.isRunning}
        error={create.error}
        onBack={() => setReviewed(false)}
        onCreate={async () => setIssued(await create.run(draft, place.id, expiry))}
      />
      {issued && (
        <SecretDialog
          issued={issued}
          done="created"
          onStored={() => {
            const { keyId } = issued
            setIssued(null)
            // In place of the form: going back must not offer the same draft again.
            void navigate({
              to: '/console/$organizationId/keys/$keyId',
              params: { organizationId: place.id, keyId },
              replace: true,
            })
          }}
        />
      )}
    </>
  )
}

const useCreate = () => {
  const api = useAction(CreateApiKeyInConsoleDocument, { errors: 'inline' })
  const personal = useAction(CreatePersonalKeyInConsoleDocument, { errors: 'inline' })
  const run = async (...args: Parameters<typeof apiKeyInput>): Promise<IssuedSecret | null> => {
    api.clear()
    personal.clear()
    if (args[0].kind === 'api') {
      const created = (await api.run({ input: apiKeyInput(...args) }))?.createApiKey
      return created ? issuedOf(created.apiKey, created.secret) : null
    }
    const created = (await personal.run({ input: personalKeyInput(...args) }))?.createPersonalAccessKey
    return created ? issuedOf(created.personalAccessKey, created.secret) : null
  }
  return { run, isRunning: api.isRunning || personal.isRunning, error: api.error ?? personal.error }
}

const issuedOf = (key: { readonly id: string; readonly name: string }, secret: string): IssuedSecret => ({
  keyId: key.id,
  keyName: key.name,
  secret,
})
