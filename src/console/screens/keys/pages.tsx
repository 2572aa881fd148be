import type { KeyPageInfoFragment } from '../../generated/graphql.ts'
import { Button } from '../../ui/button.tsx'
import { Select } from '../../ui/select.tsx'
import { PAGE_SIZES } from './search.ts'

export interface PagesProps {
  readonly info: KeyPageInfoFragment
  readonly shown: number
  /** Null while it is being counted. */
  readonly total: number | null
  readonly size: (typeof PAGE_SIZES)[number]
  readonly onSize: (size: (typeof PAGE_SIZES)[number]) => void
  readonly onPage: (position: { readonly after?: string; readonly before?: string }) => void
}

const SIZES = PAGE_SIZES.map((value) => ({ value, label: `${value} a page` }))

/** The end of a list: how much of it is shown, and the way to the rest. */
export const Pages = ({ info, shown, total, size, onSize, onPage }: PagesProps) => {
  const { hasNextPage, hasPreviousPage, startCursor, endCursor } = info
  return (
    <footer className="pages">
      <span className="muted" role="status">
        {total === null ? `${shown} shown` : `${shown} of ${total.toLocaleString('en')}`}
      </span>
      <Select aria-label="Keys a page" size="small" value={size} options={SIZES} onChange={onSize} />
      <Button
        size="small"
        icon="chevron-left"
        disabledReason={hasPreviousPage ? null : 'This is the first page.'}
        onClick={() => startCursor != null && onPage({ before: startCursor })}
      >
        Previous
      </Button>
      <Button
        size="small"
        disabledReason={hasNextPage ? null : 'This is the last page.'}
        onClick={() => endCursor != null && onPage({ after: endCursor })}
      >
        Next
      </Button>
    </footer>
  )
}
