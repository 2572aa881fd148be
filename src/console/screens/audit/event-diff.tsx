import { labelOf } from './event-types.ts'

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** A value in words: lists as one item a line, so that two of them can be compared. */
const linesOf = (value: unknown): readonly string[] => {
  if (value === null || value === undefined) return ['none']
  if (Array.isArray(value)) return value.length === 0 ? ['none'] : value.map(textOf)
  return [textOf(value)]
}

const textOf = (value: unknown): string => {
  if (isRecord(value) && 'module' in value && 'role' in value)
    return `${String(value.module)}:${String(value.role).toLowerCase()}`
  return typeof value === 'string' ? value : JSON.stringify(value)
}

const nameOf = (field: string): string => labelOf(field.replaceAll(/([A-Z])/g, '_$1'))

/** The details of an event: what changed, before and after, and everything else by its name. */
export const EventDiff = ({ details }: { readonly details: Readonly<Record<string, unknown>> }) => {
  const { changes, withheld, ...others } = details
  const changed = isRecord(changes) ? Object.entries(changes) : []
  const rest = Object.entries(others).filter(([, value]) => value !== null)
  return (
    <>
      {changed.length > 0 && (
        <table className="audit-diff">
          <caption className="visually-hidden">What changed</caption>
          <thead>
            <tr>
              <th scope="col">Field</th>
              <th scope="col">Before</th>
              <th scope="col">After</th>
            </tr>
          </thead>
          <tbody>
            {changed.map(([field, change]) => (
              <DiffRow key={field} field={field} change={change} />
            ))}
          </tbody>
        </table>
      )}
      {rest.length > 0 && (
        <table className="audit-diff">
          <caption className="visually-hidden">Details</caption>
          <tbody>
            {rest.map(([field, value]) => (
              <tr key={field}>
                <th scope="row">{nameOf(field)}</th>
                <td>
                  <Lines lines={linesOf(value)} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {Array.isArray(withheld) && (
        <p className="muted small">Withheld from you, because your grants do not cover it: {withheld.join(', ')}.</p>
      )}
    </>
  )
}

const DiffRow = ({ field, change }: { readonly field: string; readonly change: unknown }) => {
  const { from, to } = isRecord(change) ? change : { from: null, to: change }
  const [before, after] = [linesOf(from), linesOf(to)]
  return (
    <tr>
      <th scope="row">{nameOf(field)}</th>
      <td data-side="before">
        <Lines lines={before} gone={after} mark="−" />
      </td>
      <td data-side="after">
        <Lines lines={after} gone={before} mark="+" />
      </td>
    </tr>
  )
}

interface LinesProps {
  readonly lines: readonly string[]
  /** The lines of the other side: what is there too has not changed. */
  readonly gone?: readonly string[]
  readonly mark?: string
}

const Lines = ({ lines, gone, mark = '' }: LinesProps) => (
  <ul className="audit-lines">
    {lines.map((line) => (
      <li key={line} data-changed={gone !== undefined && !gone.includes(line) ? mark : undefined}>
        {line}
      </li>
    ))}
  </ul>
)
