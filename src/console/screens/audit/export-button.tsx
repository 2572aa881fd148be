import { getRouteApi } from '@tanstack/react-router'
import { useEffect, useRef, useState } from 'react'
import { AuditPageDocument } from '../../generated/graphql.ts'
import { useRights } from '../../rights/rights.ts'
import { CopyAs } from '../../shell/copy-as.tsx'
import { useToasts } from '../../shell/toasts.tsx'
import { Button } from '../../ui/button.tsx'
import { filterOf, isFiltered } from './event-types.ts'

const route = getRouteApi('/console/$organizationId/audit')

/** Saves the events that the filters find as NDJSON, oldest first; without a filter, the file can be verified. */
export const ExportButton = () => {
  const { organizationId } = route.useParams()
  const search = route.useSearch()
  const { denied } = useRights()
  const toasts = useToasts()
  const running = useRef<AbortController | null>(null)
  const [exported, setExported] = useState<number | null>(null)
  useEffect(() => () => running.current?.abort(), [])

  const run = async () => {
    const controller = new AbortController()
    running.current = controller
    setExported(0)
    try {
      const source = { organizationId, filter: filterOf(search), signal: controller.signal }
      const { exportLog, saveFile } = await import('../../audit-check/export-log.ts')
      const { blob, events, withheld } = await exportLog(source, setExported)
      saveFile(`audit-log-${new Date().toISOString().slice(0, 10)}.ndjson`, blob)
      toasts.show(`Exported ${events.toLocaleString('en')} events`, noteOf(withheld, isFiltered(search)))
    } catch (error) {
      if (!controller.signal.aborted) toasts.show('The export failed', String(error))
    } finally {
      setExported(null)
    }
  }
  if (exported === null)
    return (
      <>
        <CopyAs
          document={AuditPageDocument}
          variables={{ organizationId, filter: filterOf(search), first: 100 }}
          command={
            isFiltered(search)
              ? null
              : `keyturn audit export --organization ${organizationId} --output audit-log.ndjson`
          }
          size="normal"
          label="Copy the export as"
        />
        <Button icon="download" disabledReason={denied('audit', 'MANAGER')} onClick={() => void run()}>
          Export
        </Button>
      </>
    )
  return (
    <Button icon="stop" onClick={() => running.current?.abort()}>
      Cancel the export ({exported.toLocaleString('en')})
    </Button>
  )
}

const noteOf = (withheld: number, filtered: boolean): string => {
  if (filtered) return 'With a filter the file has gaps, so its hash chain cannot be verified.'
  if (withheld > 0)
    return `${withheld} of them have details that you may not read: a file that can be verified needs keys:manager and members:manager too.`
  return 'keyturn audit verify checks the file without a server.'
}
