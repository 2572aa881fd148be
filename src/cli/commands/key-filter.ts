import { type KeyFilter, type KeyStatus, ProjectsOfDocument } from '../../generated/graphql.ts'
import { isId } from '../../kernel/ids.ts'
import { failed } from '../command-error.ts'
import type { Session } from '../session/session.ts'

/** Options that choose keys. */
export interface KeyFilterOptions {
  /** Seconds until the latest expiry. */
  readonly expiring?: number
  /** Seconds without use. */
  readonly unused?: number
  readonly status?: readonly KeyStatus[]
  readonly search?: string
  readonly project?: string
  readonly includeSuborganizations?: boolean
}

const NAMES = ['expiring', 'unused', 'status', 'search', 'project', 'includeSuborganizations'] as const

export const choosesKeys = (options: KeyFilterOptions): boolean => NAMES.some((name) => options[name] !== undefined)

const fromNow = (seconds: number): string => new Date(Date.now() + seconds * 1_000).toISOString()

/** The filter of the API for the options. `--expiring` leaves out keys that have expired. */
export const keyFilter = async (
  session: Session,
  organizationId: string,
  options: KeyFilterOptions,
): Promise<KeyFilter> => {
  const status = options.status ?? (options.expiring === undefined ? undefined : (['ACTIVE', 'SUSPENDED'] as const))
  return {
    ...(options.expiring === undefined ? {} : { expiringBefore: fromNow(options.expiring) }),
    ...(options.unused === undefined ? {} : { unusedSince: fromNow(-options.unused) }),
    ...(status === undefined ? {} : { status: [...status] }),
    ...(options.search === undefined ? {} : { search: options.search }),
    ...(options.project === undefined ? {} : { projectId: await projectId(session, organizationId, options.project) }),
    ...(options.includeSuborganizations === true ? { includeSuborganizations: true } : {}),
  }
}

/** The id of a project by its id or slug. Throws CommandError (1). */
export const projectId = async (session: Session, organizationId: string, requested: string): Promise<string> => {
  if (isId('project', requested)) return requested
  const { organization } = await session.client.execute(ProjectsOfDocument, { organizationId })
  const project = organization?.projects.find(({ slug }) => slug === requested)
  if (project === undefined) throw failed(`There is no project ${requested}, or you may not see it.`)
  return project.id
}
