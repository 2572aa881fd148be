import { useRights } from '../../rights/rights.ts'
import { Icon } from '../../ui/icon.tsx'
import type { Place } from './create-key-flow.tsx'
import type { Draft } from './draft.ts'
import { applyTemplate } from './first-draft.ts'
import { TEMPLATES } from './templates.ts'

export interface TemplateChoiceProps {
  readonly place: Place
  readonly draft: Draft
  readonly onChange: (draft: Draft) => void
}

/** Starting points. Pressing one fills in the form. */
export const TemplateChoice = ({ place, draft, onChange }: TemplateChoiceProps) => {
  const { grants } = useRights()
  return (
    <section className="templates" aria-label="Templates">
      {TEMPLATES.map((template) => (
        <button
          key={template.id}
          type="button"
          className="template"
          onClick={() => onChange(applyTemplate(draft, template, place, grants))}
        >
          <Icon name={template.icon} />
          <strong>{template.title}</strong>
          <span className="muted small">{template.description}</span>
        </button>
      ))}
    </section>
  )
}
