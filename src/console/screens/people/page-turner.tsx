import { getRouteApi } from '@tanstack/react-router'
import { Button } from '../../ui/button.tsx'

const route = getRouteApi('/console/$organizationId/people')

export interface PageTurnerProps {
  readonly info: { readonly hasNextPage: boolean; readonly endCursor?: string | null }
  readonly after: string | undefined
}

/** Leads through the pages of a list; nothing where it has one page. */
export const PageTurner = ({ info, after }: PageTurnerProps) => {
  const navigate = route.useNavigate()
  if (after === undefined && !info.hasNextPage) return null
  return (
    <footer className="people-bar">
      <Button
        size="small"
        disabledReason={after === undefined ? 'This is the first page.' : null}
        onClick={() => void navigate({ search: ({ after: _, ...rest }) => rest })}
      >
        First page
      </Button>
      <Button
        size="small"
        disabledReason={info.hasNextPage ? null : 'This is the last page.'}
        onClick={() => void navigate({ search: (now) => ({ ...now, after: info.endCursor ?? '' }) })}
      >
        Next page
      </Button>
    </footer>
  )
}
