import { Link } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { parseDuration } from '../../../kernel/duration.ts'
import { useData } from '../../data/use-data.ts'
import { readFragment } from '../../generated/fragment-masking.ts'
import {
  type KeyPolicyInput,
  PoliciesConsequencesDocument,
  type PoliciesConsequencesQuery,
  PoliciesPreviewDocument,
  PolicyFieldsFragmentDoc,
} from '../../generated/graphql.ts'
import { useRights } from '../../rights/rights.ts'
import { Callout } from '../../ui/callout.tsx'
import { Card } from '../../ui/layout.tsx'
import { POLICY_FIELDS, type Policy, type PolicyField, wordsOf } from './policy-fields.ts'

const SETTLED_MS = 350

export interface PreviewCardProps {
  readonly organizationId: string
  readonly policy: Policy
  readonly change: KeyPolicyInput
  /** Whether the change can be read: no field is malformed. */
  readonly isReady: boolean
}

/** What the change would do, asked of the server while the person types. */
export const PreviewCard = ({ organizationId, policy, change, isReady }: PreviewCardProps) => {
  const mayPreview = useRights().has('keys', 'MANAGER')
  const settled = useSettled(change)
  const isEmpty = Object.keys(settled).length === 0
  const pause = !mayPreview || isEmpty || !isReady
  const { data, error } = useData(PoliciesPreviewDocument, { organizationId, policy: settled }, { pause, live: false })
  const preview = data?.organization?.policyPreview
  if (!mayPreview || isEmpty)
    return (
      <Card title="What a change would do">
        <p className="muted">Change a rule to see here what would follow, before you save it.</p>
      </Card>
    )
  const after = readFragment(PolicyFieldsFragmentDoc, preview?.policy ?? null)
  return (
    <Card title="What this change would do">
      <div className="stack" aria-live="polite">
        {error !== null && error.code !== 'NETWORK' && <Callout tone="bad">{sentence(error)}</Callout>}
        {preview != null && after !== null && error === null && (
          <>
            <Effects policy={policy} after={after} change={settled} />
            <Consequences organizationId={organizationId} after={after} change={settled} preview={preview} />
          </>
        )}
      </div>
    </Card>
  )
}

const sentence = (error: {
  readonly message: string
  readonly issues?: readonly { readonly message: string }[]
}): string => (error.issues === undefined ? error.message : error.issues.map(({ message }) => `${message}.`).join(' '))

/** The change once nobody has typed for a moment. */
const useSettled = (change: KeyPolicyInput): KeyPolicyInput => {
  const text = JSON.stringify(change)
  const [settled, setSettled] = useState(text)
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), SETTLED_MS)
    return () => clearTimeout(timer)
  }, [text])
  return JSON.parse(settled) as KeyPolicyInput
}

interface EffectsProps {
  readonly policy: Policy
  readonly after: Policy
  readonly change: KeyPolicyInput
}

const Effects = ({ policy, after, change }: EffectsProps) => (
  <ul className="policy-effects">
    {(Object.keys(change) as PolicyField[]).map((field) => {
      const isSame = JSON.stringify(policy[field]) === JSON.stringify(after[field])
      return (
        <li key={field}>
          <strong>{POLICY_FIELDS[field].label}</strong>
          {isSame ? (
            <span className="muted">stays {wordsOf(field, after[field])}: what is stated above is stricter</span>
          ) : (
            <span>
              {wordsOf(field, policy[field])} → {wordsOf(field, after[field])}
            </span>
          )}
        </li>
      )
    })}
  </ul>
)

interface ConsequencesProps {
  readonly organizationId: string
  readonly after: Policy
  readonly change: KeyPolicyInput
  readonly preview: { readonly nonConformingKeys: number; readonly nonConformingKeyIds: readonly string[] }
}

const Consequences = ({ organizationId, after, change, preview }: ConsequencesProps) => {
  const [now] = useState(() => Date.now())
  const unusedSeconds =
    change.revokeUnusedAfter === undefined || after.revokeUnusedAfter == null
      ? null
      : parseDuration(after.revokeUnusedAfter)
  const { data } = useData(
    PoliciesConsequencesDocument,
    {
      organizationId,
      ids: [...preview.nonConformingKeyIds],
      withIds: preview.nonConformingKeys > 0,
      unusedSince: unusedSeconds === null ? null : new Date(now - unusedSeconds * 1000).toISOString(),
      withUnused: unusedSeconds !== null,
    },
    { live: false },
  )
  const found = data?.organization
  const unused = found?.unused?.totalCount ?? 0
  const most = after.maximumActiveKeys
  return (
    <>
      {preview.nonConformingKeys === 0 ? (
        <Callout tone="good">Every key in use conforms.</Callout>
      ) : (
        <Callout tone="warn">
          <strong>
            {preview.nonConformingKeys === 1 ? '1 key would' : `${preview.nonConformingKeys} keys would`} not conform.
          </strong>
          <span>They go on working as they are, until they are rotated or changed.</span>
          <KeyNames keys={found?.named?.edges.map(({ node }) => node) ?? []} all={preview.nonConformingKeys} />
        </Callout>
      )}
      {unusedSeconds !== null && unused > 0 && (
        <Callout tone="bad">
          {unused === 1 ? '1 active key has' : `${unused} active keys have`} not been used for that long. They would be
          revoked, which cannot be undone.
        </Callout>
      )}
      {change.maximumActiveKeys !== undefined && most != null && found?.active != null && (
        <Callout tone={found.active.totalCount >= most ? 'warn' : 'neutral'}>
          {found.active.totalCount} of {most} keys are active.
          {found.active.totalCount >= most && ' No further key could be created.'}
        </Callout>
      )}
    </>
  )
}

type Named = NonNullable<NonNullable<PoliciesConsequencesQuery['organization']>['named']>['edges'][number]['node']

const KeyNames = ({ keys, all }: { readonly keys: readonly Named[]; readonly all: number }) => (
  <ul className="policy-keys">
    {keys.map(({ id, name, organization }) => (
      <li key={id}>
        <Link to="/console/$organizationId/keys/$keyId" params={{ organizationId: organization.id, keyId: id }}>
          {name}
        </Link>{' '}
        <span className="small">in {organization.name}</span>
      </li>
    ))}
    {all > keys.length && keys.length > 0 && <li>and {all - keys.length} more</li>}
  </ul>
)
