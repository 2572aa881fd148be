import { useState } from 'react'
import { formatDuration as iso, parseDuration } from '../../../kernel/duration.ts'
import { nextStepOf } from '../../data/console-error.ts'
import { useAction } from '../../data/use-action.ts'
import { useData } from '../../data/use-data.ts'
import { KeyPolicyForChangeDocument, RotateKeyInConsoleDocument } from '../../generated/graphql.ts'
import { checkExpiry, defaultExpiry, type ExpiryChoice } from '../../keys/expiry.ts'
import { ExpiryField } from '../../keys/expiry-field.tsx'
import { rotateCommand } from '../../keys/key-commands.ts'
import { type IssuedSecret, SecretDialog } from '../../keys/secret-dialog.tsx'
import { useRights } from '../../rights/rights.ts'
import { CopyAs } from '../../shell/copy-as.tsx'
import { Button } from '../../ui/button.tsx'
import { Callout } from '../../ui/callout.tsx'
import { Checkbox } from '../../ui/choice.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Field } from '../../ui/field.tsx'
import { formatAbsolute, formatDuration } from '../../ui/format-time.ts'
import { Select } from '../../ui/select.tsx'
import { useNow } from '../../ui/use-now.ts'
import type { KeyFacts } from './key-facts.ts'

export interface RotateDialogProps {
  readonly open: boolean
  readonly keyFacts: KeyFacts
  readonly refusal: string | null
  readonly onClose: () => void
  readonly onChanged: () => void
}

/** Asks how to rotate, rotates, and shows the new secret. It outlives its own form: the secret must not get lost. */
export const RotateDialog = ({ open, keyFacts, refusal, onClose, onChanged }: RotateDialogProps) => {
  const [issued, setIssued] = useState<(IssuedSecret & { readonly note: string }) | null>(null)
  if (issued)
    return (
      <SecretDialog
        issued={issued}
        done="rotated"
        note={issued.note}
        onStored={() => {
          setIssued(null)
          onChanged()
        }}
      />
    )
  if (!open || refusal !== null) return null
  return (
    <RotateForm
      keyFacts={keyFacts}
      onClose={onClose}
      onRotated={(secret) => {
        setIssued(secret)
        onClose()
      }}
    />
  )
}

interface RotateFormProps {
  readonly keyFacts: KeyFacts
  readonly onClose: () => void
  readonly onRotated: (issued: IssuedSecret & { readonly note: string }) => void
}

const OVERLAPS = ['PT0S', 'PT1H', 'PT24H', 'P7D', 'P30D']

/** The overlaps to choose from: those that the policy allows, and its maximum. */
const overlapsUnder = (maximum: string | undefined): string[] => {
  const most = parseDuration(maximum ?? 'P7D') ?? 0
  const allowed = OVERLAPS.map((each) => parseDuration(each) ?? 0).filter((seconds) => seconds <= most)
  return [...new Set([...allowed, most])].map(iso)
}

const RotateForm = ({ keyFacts, onClose, onRotated }: RotateFormProps) => {
  const rights = useRights()
  const { data } = useData(
    KeyPolicyForChangeDocument,
    { organizationId: keyFacts.organization.id },
    { pause: !rights.has('keys', 'VIEWER'), live: false },
  )
  const policy = data?.organization?.policy ?? null
  const overlaps = overlapsUnder(policy?.maximumOverlap)
  const [chosen, setOverlap] = useState('P1D')
  const overlap = overlaps.includes(chosen) ? chosen : (overlaps.at(-1) ?? 'PT0S')
  const [fromFirstUse, setFromFirstUse] = useState(true)
  const [expiry, setExpiry] = useState<ExpiryChoice | null>(null)
  const now = new Date(useNow(1_000))
  const result = expiry && checkExpiry(expiry, policy, now)
  const rotate = useAction(RotateKeyInConsoleDocument, { errors: 'inline' })
  const isExpired = keyFacts.status === 'EXPIRED'
  const atOnce = isExpired || overlap === 'PT0S'
  const input = {
    id: keyFacts.id,
    overlap: isExpired ? 'PT0S' : overlap,
    ...(!atOnce && fromFirstUse && { overlapFromFirstUse: true }),
    ...(result?.kind === 'at' && result.input),
  }
  const run = async (): Promise<void> => {
    if (result?.kind === 'fault') return
    const done = await rotate.run({ input })
    if (!done) return
    const { secret, key, previousSecretValidUntil } = done.rotateKey
    const until = previousSecretValidUntil == null || atOnce ? null : formatAbsolute(new Date(previousSecretValidUntil))
    const note =
      until === null
        ? 'The old secret no longer works.'
        : `The old secret goes on working until ${until} at the latest.`
    onRotated({ keyId: key.id, keyName: key.name, secret, note })
  }
  return (
    <Dialog
      open
      onClose={onClose}
      onSubmit={run}
      title={`Rotate “${keyFacts.name}”`}
      footer={
        <>
          <CopyAs
            document={RotateKeyInConsoleDocument}
            variables={{ input }}
            command={rotateCommand(keyFacts, input)}
          />
          <Button onClick={onClose}>Cancel</Button>
          <Button
            type="submit"
            variant="primary"
            icon="rotate"
            busy={rotate.isRunning}
            disabledReason={result?.kind === 'fault' ? result.message : null}
          >
            Rotate
          </Button>
        </>
      }
    >
      <p>The key gets a new secret. Its id, name, grants and history stay.</p>
      {isExpired ? (
        <Callout>The key has expired, so its old secret does not come back: only the new one will work.</Callout>
      ) : (
        <>
          <Field label="The old secret goes on working for" hint="Time for the program to take up the new one.">
            <Select
              value={overlap}
              onChange={setOverlap}
              options={overlaps.map((value) => ({
                value,
                label: value === 'PT0S' ? 'No time: it stops at once' : formatDuration(value),
              }))}
            />
          </Field>
          {!atOnce && (
            <Checkbox
              label="Counted from the first use of the new secret"
              hint="The old one is not cut off while nobody has switched over."
              checked={fromFirstUse}
              onChange={setFromFirstUse}
            />
          )}
          {atOnce && <Callout tone="warn">Programs that use the old secret are refused from that moment on.</Callout>}
        </>
      )}
      {expiry && result ? (
        <ExpiryField
          value={expiry}
          onChange={setExpiry}
          result={result}
          policy={policy && { ...policy, expiryRequired: true }}
          now={now}
        />
      ) : (
        <p className="row" data-align="between">
          <span className="muted">
            {keyFacts.expiresAt == null
              ? 'It goes on without an expiry, as far as the policy allows.'
              : 'The new lifetime is as long as the last one.'}
          </span>
          <Button size="small" onClick={() => setExpiry(defaultExpiry(policy))}>
            Choose an expiry
          </Button>
        </p>
      )}
      {rotate.error && (
        <Callout tone="bad">
          <p>{rotate.error.message}</p>
          <p>{nextStepOf(rotate.error)}</p>
        </Callout>
      )}
    </Dialog>
  )
}
