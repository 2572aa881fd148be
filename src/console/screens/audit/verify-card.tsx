import { getRouteApi } from '@tanstack/react-router'
import { useId, useState } from 'react'
import { type ChainCheckControl, type CheckState, useChainCheck } from '../../audit-check/use-chain-check.ts'
import { useData } from '../../data/use-data.ts'
import { AuditHeadSequenceDocument } from '../../generated/graphql.ts'
import { useRights } from '../../rights/rights.ts'
import { Button } from '../../ui/button.tsx'
import { Callout } from '../../ui/callout.tsx'
import { formatAbsolute } from '../../ui/format-time.ts'
import { Card } from '../../ui/layout.tsx'
import { CheckpointChooser, type ChosenFile, KeepCheckpoint } from './checkpoint-controls.tsx'

const route = getRouteApi('/console/$organizationId/audit')

/** The grants without which details are withheld that the hashes cover. */
const NEEDED = ['audit', 'keys', 'members'] as const

/** Recomputes every hash of the log in the browser: the server is not trusted with the answer. */
export const VerifyCard = () => {
  const { organizationId } = route.useParams()
  const { denied } = useRights()
  const control = useChainCheck()
  const [checkpoint, setCheckpoint] = useState<ChosenFile | null>(null)
  const refusal = NEEDED.map((module) => denied(module, 'MANAGER')).find((reason) => reason !== undefined)
  const isRunning = control.state.kind === 'running'
  return (
    <Card
      title="Hash chain"
      description="Your browser reads every event and recomputes its hash."
      actions={
        <>
          <CheckpointChooser onChoose={setCheckpoint} disabledReason={refusal} />
          <KeepCheckpoint organizationId={organizationId} disabledReason={refusal} />
          {isRunning ? (
            <Button icon="stop" size="small" onClick={control.cancel}>
              Cancel
            </Button>
          ) : (
            <Button
              icon="shield"
              size="small"
              variant="primary"
              disabledReason={refusal}
              onClick={() => control.start({ organizationId, checkpoint: checkpoint?.text ?? null })}
            >
              Verify
            </Button>
          )}
        </>
      }
    >
      {checkpoint !== null && (
        <p className="row small">
          Checkpoint file: <strong>{checkpoint.name}</strong>
          <Button size="small" variant="quiet" onClick={() => setCheckpoint(null)}>
            Do without it
          </Button>
        </p>
      )}
      <Outcome control={control} organizationId={organizationId} hasCheckpoint={checkpoint !== null} />
    </Card>
  )
}

interface OutcomeProps {
  readonly control: ChainCheckControl
  readonly organizationId: string
  readonly hasCheckpoint: boolean
}

const Outcome = ({ control: { state }, organizationId, hasCheckpoint }: OutcomeProps) => {
  switch (state.kind) {
    case 'idle':
      return (
        <p className="muted">
          Not verified yet. With a checkpoint that you kept elsewhere, missing newest events are found too.
        </p>
      )
    case 'running':
      return <Progress checkedEvents={state.checkedEvents} organizationId={organizationId} />
    case 'failed':
      return <Callout tone="warn">The log could not be verified. {state.message}</Callout>
    case 'done':
      return <Verdict state={state} hasCheckpoint={hasCheckpoint} />
  }
}

const count = (events: number): string => events.toLocaleString('en')

const Progress = ({
  checkedEvents,
  organizationId,
}: {
  readonly checkedEvents: number
  readonly organizationId: string
}) => {
  const id = useId()
  const { data } = useData(AuditHeadSequenceDocument, { organizationId }, { live: false })
  const total = data?.organization?.auditEvents?.edges[0]?.node.sequence
  return (
    <div className="audit-progress">
      <label htmlFor={id}>
        {count(checkedEvents)}
        {total === undefined ? '' : ` of ${count(total)}`} events verified
      </label>
      <progress id={id} value={checkedEvents} max={Math.max(total ?? 0, checkedEvents, 1)} />
    </div>
  )
}

const Verdict = ({
  state: { found, signedHead, seconds },
  hasCheckpoint,
}: {
  readonly state: Extract<CheckState, { kind: 'done' }>
  readonly hasCheckpoint: boolean
}) => {
  if (!found.intact)
    return (
      <Callout tone="bad">
        <strong>Not intact. {found.fault}</strong>
        {found.firstBrokenSequence !== null && (
          <span>The {count(found.checkedEvents)} events before it are as they were written.</span>
        )}
      </Callout>
    )
  return (
    <Callout tone="good" role="status">
      <strong>
        Intact: {count(found.checkedEvents)} events, verified by your browser in {seconds.toFixed(1)} s.
      </strong>
      <span>
        Hash of the newest: <code className="audit-hash">{found.headHash}</code>
      </span>
      {signedHead !== null && (
        <span>
          The log contains everything that the checkpoint of event {count(signedHead.sequence)} signed on{' '}
          {formatAbsolute(new Date(signedHead.signedAt))}.
        </span>
      )}
      {!hasCheckpoint && <span>Without a checkpoint nobody can tell whether the newest events are missing.</span>}
    </Callout>
  )
}
