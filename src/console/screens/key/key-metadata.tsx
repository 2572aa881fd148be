import { CodeBlock } from '../../ui/code.tsx'
import { EmptyState } from '../../ui/states.tsx'

/** What the makers of a key noted about it. */
export const KeyMetadata = ({ metadata }: { readonly metadata: Record<string, unknown> }) =>
  Object.keys(metadata).length === 0 ? (
    <EmptyState icon="info" title="No metadata">
      Programs can note what belongs to a key here, such as the repository that uses it.
    </EmptyState>
  ) : (
    <CodeBlock title="JSON" code={JSON.stringify(metadata, null, 2)} />
  )
