import type { Caller } from '../../audit/caller.ts'
import { InputIssues, notFound } from '../../kernel/errors.ts'
import type { Grant } from '../../kernel/grants.ts'
import { attempt, type Outcome } from '../../kernel/outcome.ts'
import { checkGrants } from '../../organizations/check-grants.ts'
import { findProjects } from '../../organizations/organizations.store.ts'
import type { Writer } from '../../persistence/database.ts'
import type { KeyPolicyRow } from '../../policies/key-policy.entity.ts'
import { effectivePolicy, type KeyPolicy } from '../../policies/key-policy.ts'
import { requireHeld } from '../key-access.ts'
import { checkNewKey, type NewKeyInput } from './check-new-key.ts'
import { insertNewKeys, type KeyDraft } from './insert-keys.ts'
import type { KeyParts } from './key-parts.ts'
import type { IssuedKey } from './make-secret.ts'

/** A key that a caller requests, after the checks that need no transaction. */
export interface KeyRequest extends Pick<KeyDraft, 'kind' | 'projectId' | 'ownerId' | 'expiryBound'> {
  readonly caller: Caller
  /** The grants of the caller in the organization. */
  readonly held: readonly Grant[]
  readonly input: NewKeyInput
  /** The requested grants; null for the default ones. */
  readonly grants: readonly Grant[] | null
  readonly defaultGrants: readonly Grant[] | null
}

/** What the requests of one organization are checked against. */
interface Rules {
  readonly policy: KeyPolicy
  /** The own policies that it is made of, the root's first. */
  readonly policies: readonly KeyPolicyRow[]
  readonly modules: ReadonlySet<string>
  /** Those of the requested projects that belong to the organization. */
  readonly projects: ReadonlySet<string>
  readonly now: Date
}

/** Creates the requested keys of one organization in one transaction, and returns the outcome of each. */
export const createKeys = async (
  parts: KeyParts,
  writer: Writer,
  organizationId: string,
  requests: readonly KeyRequest[],
): Promise<Outcome<IssuedKey>[]> => {
  const rules = await findRules(parts, writer, organizationId, requests)
  const checked = requests.map((request) =>
    attempt(() => ({ draft: draftOf(request, rules), cause: request.caller.cause })),
  )
  return insertNewKeys(parts, writer, organizationId, checked, rules.policies, rules.now)
}

const findRules = async (
  { clock, directory, policies }: KeyParts,
  writer: Writer,
  organizationId: string,
  requests: readonly KeyRequest[],
): Promise<Rules> => {
  const wanted = new Set(requests.flatMap(({ projectId }) => (projectId === null ? [] : [projectId])))
  const projects = wanted.size === 0 ? [] : await findProjects(writer, [...wanted])
  const own = await policies.listOwn(writer, organizationId)
  return {
    policies: own,
    policy: effectivePolicy(own),
    modules: requests.some(({ grants }) => grants !== null)
      ? await directory.moduleNames(writer, organizationId)
      : new Set(),
    projects: new Set(projects.filter((one) => one.organizationId === organizationId).map(({ id }) => id)),
    now: clock.now(),
  }
}

/** Throws BAD_USER_INPUT, NOT_FOUND, FORBIDDEN, POLICY_VIOLATION. */
const draftOf = (request: KeyRequest, { policy, modules, projects, now }: Rules): KeyDraft => {
  const { caller, held, input, kind, projectId, ownerId, expiryBound } = request
  if (projectId !== null && !projects.has(projectId)) throw notFound('project')
  const issues = new InputIssues()
  const requested = request.grants === null ? null : checkGrants(issues, 'grants', request.grants, modules, 'key')
  const common = checkNewKey(caller.principal, issues, input, policy, expiryBound, now)
  if (requested !== null) requireHeld(held, requested)
  return { ...common, kind, projectId, ownerId, grants: requested ?? request.defaultGrants }
}
