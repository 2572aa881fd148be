import type { AccessControl } from '../../access/access-control.ts'
import type { Caller } from '../../audit/caller.ts'
import type { Clock } from '../../kernel/clock.ts'
import { badInput, InputIssues, notFound } from '../../kernel/errors.ts'
import { MODULE_NAME_SHAPE } from '../../kernel/grants.ts'
import { checkId, isId } from '../../kernel/ids.ts'
import { checkLength } from '../../kernel/list-input.ts'
import type { MaybePromise } from '../../kernel/maybe-promise.ts'
import { encodeCursor, makePage, type Page, type PageArguments, parsePage } from '../../kernel/page.ts'
import type { OrganizationDirectory } from '../../organizations/organization-directory.ts'
import { findProject } from '../../organizations/organizations.store.ts'
import type { Database } from '../../persistence/database.ts'
import type { PolicyDirectory } from '../../policies/policy-directory.ts'
import type { KeyRow } from '../key.entity.ts'
import type { KeyAccess } from '../key-access.ts'
import { countKeys } from '../key-counts.store.ts'
import { filteredKeys } from '../key-filter.store.ts'
import type { KeyFilter } from '../key-filter.ts'
import { type KeyOrder, keyPosition, pageOfKeys } from '../key-pages.store.ts'
import { listPersonalKeys } from '../keys.store.ts'
import type { KeyParts } from '../lifecycle/key-parts.ts'
import { findKeyScope } from './key-scope.ts'
import { isKnownId } from './known-id.ts'

/** A page of keys. Their total is counted on request. */
export interface KeyPage extends Page<KeyRow> {
  readonly countAll: () => Promise<number>
}

const LONGEST_SEARCH = 200
const DEFAULT_ORDER: KeyOrder = { field: 'CREATED_AT', direction: 'DESC' }

/** Finds keys. */
export class KeyQueries {
  readonly database: Database
  private readonly clock: Clock
  private readonly access: AccessControl
  private readonly keyAccess: KeyAccess
  readonly directory: OrganizationDirectory
  readonly policies: PolicyDirectory

  constructor({ database, clock, access, keyAccess, directory, policies }: KeyParts) {
    this.database = database
    this.clock = clock
    this.access = access
    this.keyAccess = keyAccess
    this.directory = directory
    this.policies = policies
  }

  /** A key that the caller may read. Throws NOT_FOUND, FORBIDDEN. */
  find(caller: Caller, id: string): MaybePromise<KeyRow> {
    return this.keyAccess.requireReadable(caller.principal, id)
  }

  /** Keys of an organization. API keys require keys:viewer; personal keys, or both kinds, keys:manager. */
  async page(
    caller: Caller,
    wanted: { readonly organizationId: string; readonly kind?: KeyRow['kind'] | undefined },
    filter: KeyFilter,
    orderBy: KeyOrder | null | undefined,
    paging: PageArguments,
  ): Promise<KeyPage> {
    const permission = wanted.kind === 'API_KEY' ? 'readKeys' : 'readPersonalKeys'
    await this.access.require(caller.principal, permission, wanted.organizationId)
    checkFilter(filter)
    await requireKnownFilter(this, wanted.organizationId, filter)
    const order = orderBy ?? DEFAULT_ORDER
    const name = `keys:${order.field}:${order.direction}`
    const request = parsePage(name, ['string', 'string'], paging)
    const now = this.clock.now()
    const scope = await this.database.read((reader) => findKeyScope(this, reader, wanted, filter))
    const rows = await this.database.read((reader) => pageOfKeys(reader, scope, filter, order, request, now))
    const page = makePage(request, rows, (key) => encodeCursor(name, keyPosition(key, order)))
    return {
      ...page,
      countAll: () => this.database.read((reader) => countKeys(reader, filteredKeys(reader, scope, filter, now))),
    }
  }

  /** The caller's personal access keys in the organizations that the credential gives access to. */
  async listOwn(caller: Caller): Promise<KeyRow[]> {
    const { principal } = caller
    if (principal.kind !== 'USER') return []
    const keys = await this.database.read((reader) => listPersonalKeys(reader, principal.id))
    const visible = await Promise.all(keys.map((key) => this.keyAccess.mayRead(principal, key)))
    return keys.filter((_, index) => visible[index])
  }
}

/** Throws NOT_FOUND if a filter names a project or a creator that is unknown in the organization. */
export const requireKnownFilter = async (
  parts: { readonly database: Database; readonly directory: OrganizationDirectory },
  organizationId: string,
  { projectId, createdById, includeSuborganizations }: KeyFilter,
): Promise<void> => {
  if (projectId != null) {
    const project = await parts.database.read((reader) => findProject(reader, projectId))
    const path = project === null ? null : await parts.directory.findPath(project.organizationId)
    const known = includeSuborganizations === true ? path?.includes(organizationId) : path?.[0] === organizationId
    if (known !== true) throw notFound('project')
  }
  // Not checked in sub-organizations, which would be too expensive: an unknown creator selects no keys there.
  if (createdById == null || includeSuborganizations === true) return
  if (!(await isKnownId(parts, organizationId, createdById))) throw notFound('creator')
}

const checkKeyIds = (issues: InputIssues, ids: readonly string[]): void =>
  ids.forEach((id, index) => {
    if (!isId('key', id)) issues.add(`filter.ids.${index}`, 'must be the id of a key')
  })

/** Throws BAD_USER_INPUT for a malformed filter. */
export const checkFilter = (filter: KeyFilter): void => {
  const issues = new InputIssues()
  checkLength(issues, 'filter.status', filter.status ?? [], 'states')
  if (checkLength(issues, 'filter.ids', filter.ids ?? [], 'ids')) checkKeyIds(issues, filter.ids ?? [])
  if (filter.search != null && filter.search.length > LONGEST_SEARCH)
    issues.add('filter.search', `must have at most ${LONGEST_SEARCH} characters`)
  if (filter.search?.includes('\u0000')) issues.add('filter.search', 'must not contain NUL characters')
  issues.throwIfAny()
  if (filter.projectId != null) checkId('project', filter.projectId, 'filter.projectId')
  if (filter.createdById != null && !isId('user', filter.createdById) && !isId('key', filter.createdById))
    throw badInput('filter.createdById', 'must be the id of a user or of a key')
  if (filter.module != null && filter.module !== '*' && !MODULE_NAME_SHAPE.test(filter.module))
    throw badInput('filter.module', 'must be the name of a module')
}
