import type { Grant } from '../../../kernel/grants.ts'
import { GrantPicker } from '../../keys/grant-picker.tsx'
import { type ChosenGrants, chosenOf, grantsOf, type ModuleOption } from '../../keys/grantable.ts'
import { useRights } from '../../rights/rights.ts'
import { Checkbox } from '../../ui/choice.tsx'

/** The grants of a member while they are chosen. */
export interface MemberGrants {
  readonly owner: boolean
  readonly chosen: ChosenGrants
}

export const memberGrantsOf = (grants: readonly Grant[]): MemberGrants => ({
  owner: grants.some(({ role }) => role === 'OWNER'),
  chosen: chosenOf(grants.filter(({ role }) => role !== 'OWNER')),
})

/** As the schema takes them: an owner may do everything. */
export const grantInputOf = ({ owner, chosen }: MemberGrants): Grant[] =>
  owner ? [{ module: '*', role: 'OWNER' }] : grantsOf(chosen)

export interface MemberGrantsFieldProps {
  readonly modules: readonly ModuleOption[]
  readonly value: MemberGrants
  readonly onChange: (value: MemberGrants) => void
  readonly error?: string | null
}

/** A role for each module, or everything. */
export const MemberGrantsField = ({ modules, value, onChange, error = null }: MemberGrantsFieldProps) => {
  const { grants, denied } = useRights()
  return (
    <div className="stack" data-gap="small">
      <Checkbox
        label="Owner"
        hint="Full access to everything, here and below, owners included."
        checked={value.owner}
        onChange={(owner) => onChange({ ...value, owner })}
        disabledReason={denied('*', 'OWNER')}
      />
      {!value.owner && (
        <GrantPicker
          modules={modules}
          held={grants}
          value={value.chosen}
          onChange={(chosen) => onChange({ ...value, chosen })}
          error={error}
        />
      )}
    </div>
  )
}
