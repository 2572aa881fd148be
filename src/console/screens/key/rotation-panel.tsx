import { useAction } from '../../data/use-action.ts'
import { CancelRotationInConsoleDocument, CompleteRotationInConsoleDocument } from '../../generated/graphql.ts'
import { keyCommand } from '../../keys/key-commands.ts'
import { CopyAs } from '../../shell/copy-as.tsx'
import { useToasts } from '../../shell/toasts.tsx'
import { Badge } from '../../ui/badge.tsx'
import { Button } from '../../ui/button.tsx'
import { Icon } from '../../ui/icon.tsx'
import { Card } from '../../ui/layout.tsx'
import { RelativeTime } from '../../ui/relative-time.tsx'
import { type KeyFacts, type Rotation, rotationStage, type Secret } from './key-facts.ts'
import { LastUse } from './secrets-card.tsx'

export interface RotationPanelProps {
  readonly keyFacts: KeyFacts
  readonly rotation: Rotation
  readonly refusal: string | null
  readonly onChanged: () => void
  /** Asks whether to issue another new secret. */
  readonly onReplace: () => void
}

const STAGES = {
  waiting: 'Waiting for the first use of the new secret. Put it where the program reads it; this page notices.',
  both: 'Both secrets are in use: somewhere the old one is still configured. Completing now would cut it off.',
  switched: 'The new secret is in use, and the old one has not been used since. You can complete the rotation.',
} as const

/** A rotation as it happens: who still uses the old secret, whether the new one has arrived, and the two ways out. */
export const RotationPanel = ({ keyFacts, rotation, refusal, onChanged, onReplace }: RotationPanelProps) => {
  const complete = useAction(CompleteRotationInConsoleDocument)
  const cancel = useAction(CancelRotationInConsoleDocument)
  const toasts = useToasts()
  const stage = rotationStage(rotation)
  const input = { id: keyFacts.id }
  return (
    <Card
      title="Rotation under way"
      actions={
        <>
          <Button
            variant={stage === 'switched' ? 'primary' : 'plain'}
            icon="check"
            busy={complete.isRunning}
            disabledReason={refusal}
            onClick={async () => {
              if (await complete.run({ input })) toasts.show('Rotation completed', 'The old secret no longer works.')
              onChanged()
            }}
          >
            Complete
          </Button>
          <Button
            icon="cross"
            busy={cancel.isRunning}
            disabledReason={refusal}
            onClick={async () => {
              if (await cancel.run({ input }))
                toasts.show(
                  'Rotation cancelled',
                  'The old secret is the current one again. The new one no longer works.',
                )
              onChanged()
            }}
          >
            Cancel rotation
          </Button>
        </>
      }
    >
      <div className="stack">
        <p role="status" className="rotation__stage" data-stage={stage}>
          <Icon name={stage === 'switched' ? 'check' : stage === 'both' ? 'alert' : 'clock'} />
          {STAGES[stage]}
        </p>
        <div className="rotation">
          <SecretState title="Old secret" secret={rotation.old} keyFacts={keyFacts} tone="old" />
          <Icon name="chevron-right" />
          <SecretState
            title="New secret"
            secret={rotation.fresh}
            keyFacts={keyFacts}
            tone={rotation.fresh.lastUsedAt == null ? 'waiting' : 'arrived'}
          />
        </div>
        <div className="row small muted rotation__more">
          {stage === 'waiting' && (
            <span>
              Was the new secret lost before it was stored?{' '}
              <Button size="small" variant="quiet" disabledReason={refusal} onClick={onReplace}>
                Issue another
              </Button>
            </span>
          )}
          <span className="rotation__copy">
            Complete
            <CopyAs
              document={CompleteRotationInConsoleDocument}
              variables={{ input }}
              command={keyCommand('complete-rotation', keyFacts.id)}
            />
          </span>
          <span className="rotation__copy">
            Cancel
            <CopyAs
              document={CancelRotationInConsoleDocument}
              variables={{ input }}
              command={keyCommand('cancel-rotation', keyFacts.id)}
            />
          </span>
        </div>
      </div>
    </Card>
  )
}

interface SecretStateProps {
  readonly title: string
  readonly secret: Secret
  readonly keyFacts: KeyFacts
  readonly tone: 'old' | 'waiting' | 'arrived'
}

const SecretState = ({ title, secret, keyFacts, tone }: SecretStateProps) => (
  <section className="rotation__secret" data-tone={tone} aria-label={title}>
    <span className="row" data-align="between">
      <h3>{title}</h3>
      {tone === 'arrived' && (
        <Badge tone="good" dot>
          In use
        </Badge>
      )}
      {tone === 'waiting' && <Badge>Not used yet</Badge>}
    </span>
    <code>{secret.hint}</code>
    <span>
      <LastUse keyFacts={keyFacts} secret={secret} />
    </span>
    {secret.validUntil != null && (
      <span className="small muted">
        stops working <RelativeTime instant={secret.validUntil} />
      </span>
    )}
  </section>
)
