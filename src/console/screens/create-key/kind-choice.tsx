import { useRights } from '../../rights/rights.ts'
import { Radio } from '../../ui/choice.tsx'
import type { Draft } from './draft.ts'

export interface KindChoiceProps {
  readonly draft: Draft
  readonly onChange: (change: Partial<Draft>) => void
}

/** For a program or for a person. */
export const KindChoice = ({ draft, onChange }: KindChoiceProps) => {
  const { denied } = useRights()
  return (
    <fieldset className="kind-choice">
      <legend className="visually-hidden">Kind of key</legend>
      <div className="kind-choice__option" data-chosen={draft.kind === 'api' ? '' : undefined}>
        <Radio
          name="kind"
          label="API key"
          hint="For a program. The organization or a project owns it."
          checked={draft.kind === 'api'}
          onChange={() => onChange({ kind: 'api', everything: false })}
          disabledReason={denied('keys', 'OPERATOR') ?? null}
        />
      </div>
      <div className="kind-choice__option" data-chosen={draft.kind === 'personal' ? '' : undefined}>
        <Radio
          name="kind"
          label="Personal access key"
          hint="For you, on the command line or in a script. It ends with your membership."
          checked={draft.kind === 'personal'}
          onChange={() => onChange({ kind: 'personal', everything: Object.keys(draft.grants).length === 0 })}
        />
      </div>
    </fieldset>
  )
}
