import type { AuditEventType } from '../../generated/graphql.ts'
import { useRights } from '../../rights/rights.ts'
import { Checkbox } from '../../ui/choice.tsx'
import { EVENT_TYPES, labelOf } from '../audit/event-types.ts'

const ABOUT_KEYS = /KEY_(?!TOKENS)|RETIRED|ACKNOWLEDGED/

export interface TypesFieldProps {
  readonly value: readonly AuditEventType[]
  readonly onChange: (value: readonly AuditEventType[]) => void
}

/** The types of events that a route sends. Those that are not about keys need audit:viewer. */
export const TypesField = ({ value, onChange }: TypesFieldProps) => {
  const { denied } = useRights()
  const refusal = denied('audit', 'VIEWER')
  const isAboutKeys = (type: AuditEventType) => ABOUT_KEYS.test(type) && type !== 'SIGNING_KEY_ROTATED'
  const box = (type: AuditEventType) => (
    <Checkbox
      key={type}
      label={labelOf(type)}
      checked={value.includes(type)}
      onChange={(checked) => onChange(EVENT_TYPES.filter((one) => (one === type ? checked : value.includes(one))))}
      disabledReason={isAboutKeys(type) ? undefined : refusal}
    />
  )
  return (
    <fieldset className="route-types">
      <legend className="field__label">Events ({value.length})</legend>
      <div className="route-types__boxes">{EVENT_TYPES.filter(isAboutKeys).map(box)}</div>
      <details>
        <summary>Events that are not about keys</summary>
        <div className="route-types__boxes">{EVENT_TYPES.filter((type) => !isAboutKeys(type)).map(box)}</div>
      </details>
    </fieldset>
  )
}
