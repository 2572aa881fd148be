import type {
  CreateApiKeyInput,
  CreatePersonalAccessKeyInput,
  KeyKind,
  RevokeKeyInput,
  RotateKeyInput,
} from '../generated/graphql.ts'
import { shellQuote } from '../shell/shell-quote.ts'

type KeyIdentity = { readonly id: string; readonly kind: KeyKind }

const group = (kind: KeyKind): string => (kind === 'API_KEY' ? 'keys' : 'personal-keys')

const option = (name: string, value: string | null | undefined): string[] =>
  value == null ? [] : [`--${name}`, shellQuote(value)]

const expiryOption = (input: Partial<Pick<CreateApiKeyInput, 'expiresIn' | 'expiresAt' | 'neverExpires'>>) =>
  option('expires', input.neverExpires ? 'never' : (input.expiresIn ?? input.expiresAt))

/** `keyturn keys create` or `keyturn personal-keys create` with the same effect. */
export const createCommand = (kind: KeyKind, input: CreateApiKeyInput | CreatePersonalAccessKeyInput): string =>
  [
    `keyturn ${group(kind)} create`,
    shellQuote(input.name),
    ...(input.grants ?? []).flatMap(({ module, role }) => option('grant', `${module}:${role.toLowerCase()}`)),
    ...expiryOption(input),
    ...option('project', 'projectId' in input ? input.projectId : null),
    ...option('description', input.description),
    ...(input.allowedIps ?? []).flatMap((range) => option('allow-ip', range)),
    ...option('organization', input.organizationId),
  ].join(' ')

/** `keyturn keys rotate` with the same effect; null where the command line has no such option. */
export const rotateCommand = ({ id, kind }: KeyIdentity, input: RotateKeyInput): string | null =>
  input.replaceUnconfirmed
    ? null
    : [
        `keyturn ${group(kind)} rotate ${id}`,
        ...option('overlap', input.overlap),
        ...(input.overlapFromFirstUse ? ['--overlap-from-first-use'] : []),
        ...expiryOption(input),
      ].join(' ')

/** The page has asked already, and a command without a terminal cannot. */
const ASKED = '--yes'

/** `keyturn keys revoke` with the same effect. */
export const revokeCommand = ({ id, kind }: KeyIdentity, input: RevokeKeyInput): string =>
  [
    `keyturn ${group(kind)} revoke ${id}`,
    ...option('reason', input.reason),
    ...option('note', input.note),
    ...(input.descendants ? ['--descendants'] : []),
    ASKED,
  ].join(' ')

/** A command of `keyturn keys` that takes the id of a key of either kind alone. */
export const keyCommand = (verb: 'suspend' | 'resume' | 'complete-rotation' | 'cancel-rotation', id: string): string =>
  [`keyturn keys ${verb} ${id}`, ...(verb.endsWith('rotation') ? [ASKED] : [])].join(' ')
