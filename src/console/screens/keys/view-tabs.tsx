import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { Button, IconButton } from '../../ui/button.tsx'
import { Icon } from '../../ui/icon.tsx'
import { TextInput } from '../../ui/text-input.tsx'
import type { KeysSearch } from './search.ts'
import { BUILT_IN_VIEWS, isSameSearch, useSavedViews, type View } from './views.ts'

export interface ViewTabsProps {
  readonly organizationId: string
  readonly search: KeysSearch
}

/** The views: the usual ones, the person's own, and a way to keep the present one. */
export const ViewTabs = ({ organizationId, search }: ViewTabsProps) => {
  const saved = useSavedViews()
  const [isNaming, setNaming] = useState(false)
  const isKnown = [...BUILT_IN_VIEWS, ...saved.views].some((view) => isSameSearch(view.search, search))
  return (
    <nav className="views" aria-label="Views">
      <ul>
        {BUILT_IN_VIEWS.map((view) => (
          <li key={view.name}>
            <ViewLink organizationId={organizationId} view={view} search={search} />
          </li>
        ))}
        {saved.views.map((view) => (
          <li key={`saved ${view.name}`} className="views__own">
            <ViewLink organizationId={organizationId} view={view} search={search} />
            <IconButton
              icon="cross"
              label={`Remove the view ${view.name}`}
              size="small"
              onClick={() => saved.remove(view.name)}
            />
          </li>
        ))}
      </ul>
      {!isKnown && !isNaming && (
        <Button size="small" variant="quiet" icon="plus" onClick={() => setNaming(true)}>
          Save view
        </Button>
      )}
      {isNaming && (
        <NameForm
          onSave={(name) => {
            saved.save(name, search)
            setNaming(false)
          }}
          onCancel={() => setNaming(false)}
        />
      )}
    </nav>
  )
}

interface ViewLinkProps {
  readonly organizationId: string
  readonly view: View
  readonly search: KeysSearch
}

const ViewLink = ({ organizationId, view, search }: ViewLinkProps) => (
  <Link
    to="/console/$organizationId/keys"
    params={{ organizationId }}
    search={view.search}
    className="views__link"
    // The router's own idea of "active" ignores what a view leaves out.
    activeProps={{ 'aria-current': undefined }}
    aria-current={isSameSearch(view.search, search) ? 'page' : undefined}
  >
    {view.name}
  </Link>
)

interface NameFormProps {
  readonly onSave: (name: string) => void
  readonly onCancel: () => void
}

const NameForm = ({ onSave, onCancel }: NameFormProps) => {
  const [name, setName] = useState('')
  return (
    <form
      className="views__form"
      onSubmit={(event) => {
        event.preventDefault()
        onSave(name)
      }}
      onKeyDown={({ key }) => {
        if (key === 'Escape') onCancel()
      }}
    >
      <TextInput
        autoFocus
        aria-label="Name of the view"
        placeholder="Name of the view"
        maxLength={40}
        value={name}
        onChange={({ target }) => setName(target.value)}
      />
      <Button type="submit" size="small">
        <Icon name="check" />
        Save
      </Button>
    </form>
  )
}
