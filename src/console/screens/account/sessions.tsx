import { useAction } from '../../data/use-action.ts'
import { AccountEndSessionsDocument, type AccountPageQuery } from '../../generated/graphql.ts'
import { CopyAs } from '../../shell/copy-as.tsx'
import { useToasts } from '../../shell/toasts.tsx'
import { Badge } from '../../ui/badge.tsx'
import { Button } from '../../ui/button.tsx'
import { type Column, DataTable } from '../../ui/data-table.tsx'
import { Card } from '../../ui/layout.tsx'
import { RelativeTime } from '../../ui/relative-time.tsx'
import { browserOf } from './browser-name.ts'

type Session = AccountPageQuery['viewer']['sessions'][number]

/** The person's sign-ins at the console, each of which they can end. */
export const Sessions = ({ sessions }: { readonly sessions: readonly Session[] }) => {
  const end = useAction(AccountEndSessionsDocument)
  const toasts = useToasts()
  const others = sessions.filter(({ current }) => !current).length
  const run = async (id?: string) => {
    const done = await end.run({ input: id === undefined ? {} : { id } })
    const count = done?.endSessions.endedSessionIds.length
    if (count !== undefined) toasts.show(count === 1 ? 'Ended 1 session' : `Ended ${count} sessions`)
  }
  return (
    <Card
      title="My sessions"
      description="A session ends after 12 hours without use, after 7 days, and with the key that it was started with."
      flush
      actions={
        <>
          <CopyAs document={AccountEndSessionsDocument} variables={{ input: {} }} command={null} />
          <Button
            size="small"
            variant="danger-plain"
            busy={end.isRunning}
            disabledReason={others === 0 ? 'You have no other sessions.' : null}
            onClick={() => void run()}
          >
            End all others
          </Button>
        </>
      }
    >
      <DataTable
        caption="My sessions"
        columns={columnsOf((id) => void run(id))}
        rows={sessions}
        rowKey={({ id }) => id}
      />
    </Card>
  )
}

const columnsOf = (onEnd: (id: string) => void): Column<Session>[] => [
  {
    id: 'browser',
    header: 'Session',
    isTitle: true,
    cell: ({ userAgent, current }) => (
      <span className="row">
        <span title={userAgent ?? ''}>{browserOf(userAgent)}</span>
        {current && <Badge tone="good">This one</Badge>}
      </span>
    ),
  },
  { id: 'address', header: 'Address', narrow: true, cell: ({ ipAddress }) => ipAddress ?? '–' },
  {
    id: 'started',
    header: 'Signed in',
    narrow: true,
    cell: ({ createdAt }) => <RelativeTime instant={createdAt} focusable={false} />,
  },
  {
    id: 'used',
    header: 'Last used',
    narrow: true,
    cell: ({ lastUsedAt }) => <RelativeTime instant={lastUsedAt} focusable={false} />,
  },
  {
    id: 'expires',
    header: 'Ends at the latest',
    narrow: true,
    priority: 'low',
    cell: ({ expiresAt }) => <RelativeTime instant={expiresAt} focusable={false} />,
  },
  {
    id: 'end',
    header: 'Actions',
    headerHidden: true,
    narrow: true,
    align: 'end',
    cell: ({ id, current, userAgent }) => (
      <span className="row">
        {!current && (
          <CopyAs
            document={AccountEndSessionsDocument}
            variables={{ input: { id } }}
            command={null}
            label={`Copy the end of the session in ${browserOf(userAgent)} as`}
          />
        )}
        <Button
          size="small"
          aria-label={`End the session in ${browserOf(userAgent)}`}
          disabledReason={current ? 'Sign out to end this one.' : null}
          onClick={() => onEnd(id)}
        >
          End
        </Button>
      </span>
    ),
  },
]
