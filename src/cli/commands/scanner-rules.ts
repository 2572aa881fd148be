import { SECRET_PREFIX_SHAPE, scannerRuleId } from '../../kernel/secret-text.ts'
import { INVITATION_RULE_ID, INVITATION_TOKEN_PATTERN } from '../../memberships/invitation-token.ts'
import { CommandError, EXIT, wrongUsage } from '../command-error.ts'
import { readEnvironment } from '../environment.ts'
import type { GlobalOptions } from '../options.ts'
import { ProfileStore } from '../session/profiles.ts'
import { Output } from '../terminal/output.ts'

interface ScannerOptions extends GlobalOptions {
  readonly format: 'gitleaks' | 'trufflehog'
  readonly prefix?: string
}

/** The prefix of the secrets: as requested, as configured, that of the secret that the user is logged in with, or kt. */
const choosePrefix = ({ prefix, profile }: ScannerOptions): string => {
  const { keyPrefix, credential, configHome } = readEnvironment()
  if (prefix !== undefined) {
    if (!SECRET_PREFIX_SHAPE.test(prefix))
      throw wrongUsage('A prefix has 1 to 16 of a to z and 0 to 9, and starts with a letter.')
    return prefix
  }
  if (keyPrefix !== null) {
    if (!SECRET_PREFIX_SHAPE.test(keyPrefix))
      throw new CommandError(
        EXIT.badConfiguration,
        'KEYTURN_KEY_PREFIX: must have 1 to 16 of a to z and 0 to 9, and start with a letter',
      )
    return keyPrefix
  }
  const stored = new ProfileStore(configHome).read()
  const secret = credential ?? stored.profiles[profile ?? stored.current ?? '']?.secret ?? ''
  const [own = ''] = secret.split('_')
  return secret.includes('_') && SECRET_PREFIX_SHAPE.test(own) ? own : 'kt'
}

// 43 base62 characters of 256 random bits and 6 of a checksum. Random text of this length has more than 4 bits a character.
const secretPattern = (prefix: string) => `\\b(${prefix}_(?:ak|pk)_[0-9A-Za-z]{49})\\b`
// It may end with a hyphen, where there is no word boundary.
const INVITATION_PATTERN = `\\b(${INVITATION_TOKEN_PATTERN})(?:[^0-9A-Za-z_-]|$)`
const ENTROPY = 3.5

const REMARKS = [
  'Secrets of Keyturn. The last six characters are a checksum: the CRC-32 of all before them, in base62 (0-9, A-Z, a-z).',
  'A text that matches and has another checksum is not a secret.',
]

const gitleaks = (prefix: string): string => `# ${REMARKS.join('\n# ')}
title = "Keyturn"

[extend]
useDefault = true

[[rules]]
id = "${scannerRuleId(prefix)}"
description = "Secret of a Keyturn API key or personal access key"
regex = '''${secretPattern(prefix)}'''
secretGroup = 1
entropy = ${ENTROPY}
keywords = ["${prefix}_ak_", "${prefix}_pk_"]

[[rules]]
id = "${INVITATION_RULE_ID}"
description = "Token of a Keyturn invitation"
regex = '''${INVITATION_PATTERN}'''
secretGroup = 1
entropy = ${ENTROPY}
keywords = ["kt_inv_"]
`

const trufflehog = (prefix: string): string => `# ${REMARKS.join('\n# ')}
detectors:
  - name: keyturn-${prefix}
    keywords:
      - ${prefix}_ak_
      - ${prefix}_pk_
    regex:
      secret: '${secretPattern(prefix)}'
    entropy: ${ENTROPY}
  - name: ${INVITATION_RULE_ID}
    keywords:
      - kt_inv_
    regex:
      token: '${INVITATION_PATTERN}'
    entropy: ${ENTROPY}
`

const FORMATS = { gitleaks, trufflehog }

/** Prints rules with which a scanner finds the secrets of this deployment. */
export const scannerRules = async (options: ScannerOptions): Promise<void> => {
  const rules = FORMATS[options.format](choosePrefix(options))
  const output = new Output(options)
  await (output.json ? output.value({ format: options.format, rules }) : output.line(rules.trimEnd()))
}
