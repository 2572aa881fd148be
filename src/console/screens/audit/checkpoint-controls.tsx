import { type ChangeEvent, useId } from 'react'
import { useClient } from 'urql'
import { saveFile } from '../../audit-check/export-log.ts'
import { consoleFetch } from '../../data/clients.ts'
import { errorOfResult } from '../../data/console-error.ts'
import { AuditCheckpointToKeepDocument, type AuditCheckpointToKeepQuery } from '../../generated/graphql.ts'
import { CopyAs } from '../../shell/copy-as.tsx'
import { useToasts } from '../../shell/toasts.tsx'
import { Button } from '../../ui/button.tsx'

/** A file that is larger is no checkpoint. */
const MOST_CHECKPOINT_BYTES = 1_000_000

export interface ChosenFile {
  readonly name: string
  readonly text: string
}

interface ChooserProps {
  readonly onChoose: (file: ChosenFile) => void
  readonly disabledReason: string | undefined
}

/** Takes a checkpoint file from the person's disk. */
export const CheckpointChooser = ({ onChoose, disabledReason }: ChooserProps) => {
  const id = useId()
  const toasts = useToasts()
  const choose = async ({ target }: ChangeEvent<HTMLInputElement>) => {
    const file = target.files?.[0]
    target.value = ''
    if (file === undefined) return
    if (file.size > MOST_CHECKPOINT_BYTES) return toasts.show('This file is too large to be a checkpoint')
    onChoose({ name: file.name, text: await file.text() })
  }
  return (
    <>
      <input
        id={id}
        type="file"
        accept=".json,application/json"
        className="visually-hidden"
        tabIndex={-1}
        aria-label="Checkpoint file"
        onChange={(event) => void choose(event)}
      />
      <Button
        size="small"
        icon="folder"
        disabledReason={disabledReason}
        onClick={() => document.getElementById(id)?.click()}
      >
        Choose a checkpoint
      </Button>
    </>
  )
}

interface KeepCheckpointProps {
  readonly organizationId: string
  readonly disabledReason: string | undefined
}

/** Saves the signed head of the log with the public keys, to be kept elsewhere and chosen here later. */
export const KeepCheckpoint = ({ organizationId, disabledReason }: KeepCheckpointProps) => {
  const client = useClient()
  const toasts = useToasts()
  const save = async () => {
    const query = AuditCheckpointToKeepDocument.toString()
    const result = await client
      .query<AuditCheckpointToKeepQuery>(query, { organizationId }, { requestPolicy: 'network-only' })
      .toPromise()
    const failure = errorOfResult(result.error)
    if (failure !== null) return toasts.showError(failure)
    const checkpoint = result.data?.organization?.auditCheckpoint
    if (checkpoint == null) return toasts.show('The server signed no checkpoint')
    const keys: unknown = await (await consoleFetch('/.well-known/keyturn/checkpoint-keys')).json()
    const { sequence, hash, signedAt, signature } = checkpoint
    const base = result.data?.organization?.auditRetention?.base ?? null
    const text = JSON.stringify({ sequence, hash, signedAt, signature, base, keys }, null, 2)
    saveFile(`checkpoint-${sequence}.json`, new Blob([text], { type: 'application/json' }))
    toasts.show(
      `Checkpoint of event ${sequence.toLocaleString('en')} saved`,
      'Keep it where nobody who runs the server can change it.',
    )
  }
  return (
    <>
      <CopyAs
        document={AuditCheckpointToKeepDocument}
        variables={{ organizationId }}
        command={`keyturn audit checkpoint --organization ${organizationId}`}
        label="Copy “keep a checkpoint” as"
      />
      <Button size="small" icon="download" disabledReason={disabledReason} onClick={() => void save()}>
        Keep a checkpoint
      </Button>
    </>
  )
}
