import { useState } from 'react'
import { useAction } from '../../data/use-action.ts'
import { type KeyPolicyInput, PoliciesUpdateDocument } from '../../generated/graphql.ts'
import { issueOf } from '../../keys/issue-of.ts'
import { useRights } from '../../rights/rights.ts'
import { CopyAs } from '../../shell/copy-as.tsx'
import { useToasts } from '../../shell/toasts.tsx'
import { Button } from '../../ui/button.tsx'
import { Callout } from '../../ui/callout.tsx'
import { Card } from '../../ui/layout.tsx'
import { PolicyFieldRow } from './policy-field-row.tsx'
import { changeOf, FIELD_NAMES, type Policy } from './policy-fields.ts'
import { PreviewCard } from './preview-card.tsx'

export interface ParentPolicy {
  readonly name: string
  readonly policy: Policy
}

export interface PolicyFormProps {
  readonly organizationId: string
  readonly policy: Policy
  /** Null in a root organization, and where the person does not belong to the parent. */
  readonly parent: ParentPolicy | null
}

/** Edits the policy, and says meanwhile what the change would do. */
export const PolicyForm = ({ organizationId, policy, parent }: PolicyFormProps) => {
  const { denied } = useRights()
  const toasts = useToasts()
  const update = useAction(PoliciesUpdateDocument, { errors: 'inline' })
  const [draft, setDraft] = useState<KeyPolicyInput>({})
  const [malformed, setMalformed] = useState<ReadonlySet<string>>(new Set())
  const change = changeOf(policy, draft)
  const isChanged = Object.keys(change).length > 0
  const refusal = denied('keys', 'MANAGER')
  const variables = { input: { organizationId, policy: change } }
  const save = async () => {
    if ((await update.run(variables)) === null) return
    toasts.show('The policy is changed')
    setDraft({})
  }
  const blocked =
    refusal ??
    (malformed.size > 0 ? 'Correct the marked fields first.' : isChanged ? undefined : 'Nothing is changed yet.')
  return (
    <div className="policy">
      <Card flush title="Rules">
        <div className="policy-fields">
          {FIELD_NAMES.map((field) => (
            <PolicyFieldRow
              key={field}
              field={field}
              holds={policy[field]}
              draft={draft[field]}
              parent={parent}
              disabledReason={refusal}
              issue={issueOf(update.error, `policy.${field}`)}
              onChange={(value) =>
                setDraft(({ [field]: _, ...rest }) => (value === undefined ? rest : { ...rest, [field]: value }))
              }
              onMalformed={(bad) =>
                setMalformed((before) => {
                  const others = [...before].filter((name) => name !== field)
                  return new Set(bad ? [...others, field] : others)
                })
              }
            />
          ))}
        </div>
      </Card>
      <aside className="policy-side">
        <PreviewCard organizationId={organizationId} policy={policy} change={change} isReady={malformed.size === 0} />
        {update.error !== null && update.error.issues === undefined && (
          <Callout tone="bad">{update.error.message}</Callout>
        )}
        <div className="row">
          <Button variant="primary" busy={update.isRunning} disabledReason={blocked} onClick={() => void save()}>
            Save the policy
          </Button>
          <Button disabledReason={isChanged ? null : 'Nothing is changed yet.'} onClick={() => setDraft({})}>
            Discard
          </Button>
          <CopyAs document={PoliciesUpdateDocument} variables={variables} command={null} />
        </div>
      </aside>
    </div>
  )
}
