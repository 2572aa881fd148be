import type { TestApp } from './boot.ts'

interface SessionEvent {
  readonly type: string
  readonly organizationId: string
  readonly actorId: string | null
  readonly credentialId: string | null
  readonly targetId: string
  readonly details: { readonly reason?: string; readonly userId: string }
}

/** The events about the sessions of a person, in all organizations, in order. */
export const sessionEvents = async (app: TestApp, userId: string): Promise<SessionEvent[]> => {
  const rows = await app.app.parts.services.database.read((reader) =>
    reader.query<Record<string, string>>(
      `SELECT type, organization_id, actor_id, credential_id, target_id, details FROM audit_events
       WHERE type IN ('SESSION_STARTED', 'SESSION_ENDED') ORDER BY organization_id, sequence`,
    ),
  )
  return rows
    .map((row) => ({
      type: row.type ?? '',
      organizationId: row.organization_id ?? '',
      actorId: row.actor_id ?? null,
      credentialId: row.credential_id ?? null,
      targetId: row.target_id ?? '',
      details: JSON.parse(row.details ?? '') as SessionEvent['details'],
    }))
    .filter(({ details }) => details.userId === userId)
}
