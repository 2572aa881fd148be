import { getRouteApi } from '@tanstack/react-router'
import { useState } from 'react'
import { KeysLink } from '../../keys/keys-link.tsx'
import { useRights } from '../../rights/rights.ts'
import { usePlace } from '../../shell/place.ts'
import { KeyStatusBadge } from '../../ui/badge.tsx'
import { Callout } from '../../ui/callout.tsx'
import { PageHeader } from '../../ui/layout.tsx'
import { onDemand } from '../../ui/on-demand.tsx'
import { RelativeTime } from '../../ui/relative-time.tsx'
import { Skeleton } from '../../ui/states.tsx'
import { Tabs } from '../../ui/tabs.tsx'
import { KeyActions } from './key-actions.tsx'
import { KeyDetails } from './key-details.tsx'
import { type KeyFacts, rotationOf } from './key-facts.ts'
import { KeyHistory } from './key-history.tsx'
import { KeyMetadata } from './key-metadata.tsx'
import { refusalsOf } from './key-rights.ts'
import { OpenWarnings } from './open-warnings.tsx'
import { RotationPanel } from './rotation-panel.tsx'
import type { KeyDialog, KeyTab } from './search.ts'
import { SecretsCard } from './secrets-card.tsx'
import { useSuspendedBy } from './use-suspended-by.ts'

// Another tab than the first one.
const KeyTokens = onDemand(
  async () => (await import('./key-tokens.tsx')).KeyTokens,
  () => <Skeleton lines={4} />,
)
const ReplaceSecret = onDemand(async () => (await import('./replace-secret.tsx')).ReplaceSecret)
const RotateDialog = onDemand(async () => (await import('./rotate-dialog.tsx')).RotateDialog)
const EditDialog = onDemand(async () => (await import('./edit-dialog.tsx')).EditDialog)
const RevokeDialog = onDemand(async () => (await import('./revoke-dialog.tsx')).RevokeDialog)
const SuspendDialog = onDemand(async () => (await import('./suspend-dialog.tsx')).SuspendDialog)

export interface KeyPageProps {
  readonly keyFacts: KeyFacts
  /** Loads the key again. */
  readonly onChanged: () => void
}

const route = getRouteApi('/console/$organizationId/keys/$keyId')

/** A key that has been loaded, with everything that can be done with it. */
export const KeyPage = ({ keyFacts, onChanged }: KeyPageProps) => {
  const { tab = 'history', dialog } = route.useSearch()
  const navigate = route.useNavigate()
  const { viewer } = usePlace()
  const rights = useRights()
  const refusals = refusalsOf(keyFacts, viewer.user?.id, rights, useSuspendedBy(keyFacts))
  const rotation = rotationOf(keyFacts)
  const [isReplacing, setReplacing] = useState(false)
  const show = (next: KeyDialog | undefined): void =>
    void navigate({ search: ({ dialog: _, ...rest }) => (next ? { ...rest, dialog: next } : rest), replace: true })
  const shared = { keyFacts, onClose: () => show(undefined), onChanged }
  return (
    <div className="stack key-page">
      <PageHeader
        parent={<KeysLink organizationId={keyFacts.organization.id} />}
        title={keyFacts.name}
        status={<KeyStatusBadge status={keyFacts.status} expiringSoon={keyFacts.expiringSoon} />}
        description={keyFacts.description}
        actions={<KeyActions keyFacts={keyFacts} refusals={refusals} onOpen={show} />}
      />
      <StateNotice keyFacts={keyFacts} />
      {rotation && (
        <RotationPanel
          keyFacts={keyFacts}
          rotation={rotation}
          refusal={refusals.finishRotation}
          onChanged={onChanged}
          onReplace={() => setReplacing(true)}
        />
      )}
      <OpenWarnings keyFacts={keyFacts} />
      <div className="key-page__columns">
        <KeyDetails keyFacts={keyFacts} refusal={refusals.edit} onEdit={() => show('edit')} />
        <SecretsCard keyFacts={keyFacts} />
      </div>
      <Tabs<KeyTab>
        label="About this key"
        value={tab}
        onChange={(next) => void navigate({ search: (search) => ({ ...search, tab: next }), replace: true })}
        tabs={[
          { value: 'history', label: 'History', content: <KeyHistory keyId={keyFacts.id} /> },
          { value: 'tokens', label: 'Access tokens', content: <KeyTokens keyFacts={keyFacts} /> },
          { value: 'metadata', label: 'Metadata', content: <KeyMetadata metadata={keyFacts.metadata} /> },
        ]}
      />
      {/* It can show a secret, so it stays when the rotation ends. */}
      {isReplacing && <ReplaceSecret {...shared} onClose={() => setReplacing(false)} />}
      <RotateDialog {...shared} open={dialog === 'rotate'} refusal={refusals.rotate} />
      {dialog === 'suspend' && refusals.suspend === null && <SuspendDialog {...shared} />}
      {dialog === 'revoke' && refusals.revoke === null && <RevokeDialog {...shared} />}
      {dialog === 'edit' && refusals.edit === null && <EditDialog {...shared} />}
    </div>
  )
}

const StateNotice = ({ keyFacts }: { readonly keyFacts: KeyFacts }) => {
  if (keyFacts.status === 'REVOKED')
    return (
      <Callout tone="bad" role="status">
        <p>
          Revoked
          {keyFacts.revokedAt != null && (
            <>
              {' '}
              <RelativeTime instant={keyFacts.revokedAt} />
            </>
          )}
          {keyFacts.revocationReason &&
            keyFacts.revocationReason !== 'UNSPECIFIED' &&
            `: ${reasonText(keyFacts.revocationReason)}`}
          . Nothing brings it back: create another key.
        </p>
      </Callout>
    )
  if (keyFacts.status === 'SUSPENDED')
    return (
      <Callout tone="warn" role="status">
        Suspended: its secrets and tokens are refused until somebody resumes it.
      </Callout>
    )
  if (keyFacts.status === 'EXPIRED')
    return (
      <Callout tone="bad" role="status">
        The key has expired. Rotate it to make it active again.
      </Callout>
    )
  return null
}

const reasonText = (reason: string): string => reason.toLowerCase().replaceAll('_', ' ')
