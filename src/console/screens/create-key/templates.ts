import type { Grant, Role } from '../../../kernel/grants.ts'
import type { IconName } from '../../ui/icon.tsx'

/** A starting point for a key. Everything of it can be changed afterwards. */
export interface Template {
  readonly id: string
  readonly title: string
  readonly description: string
  readonly icon: IconName
  readonly name: string
  readonly lifetime: string
  /** What the key should be able to do, by the modules that the organization defined itself. */
  readonly grants: (ownModules: readonly string[]) => Grant[]
}

const inAll = (modules: readonly string[], role: Role): Grant[] => modules.map((module) => ({ module, role }))

export const TEMPLATES: readonly Template[] = [
  {
    id: 'ci',
    title: 'CI pipeline',
    description: 'Builds and releases: operator in your own modules, 90 days.',
    icon: 'terminal',
    name: 'ci-pipeline',
    lifetime: 'P90D',
    grants: (own) => inAll(own, 'OPERATOR'),
  },
  {
    id: 'monitoring',
    title: 'Read-only monitoring',
    description: 'Dashboards and alerts: viewer everywhere, 180 days.',
    icon: 'grid',
    name: 'monitoring',
    lifetime: 'P180D',
    grants: () => [{ module: '*', role: 'VIEWER' }],
  },
  {
    id: 'service',
    title: 'Service',
    description: 'A backend that checks tokens and reads your modules, 180 days.',
    icon: 'building',
    name: 'service',
    lifetime: 'P180D',
    grants: (own) => [...inAll(own, 'VIEWER'), { module: 'tokens', role: 'VIEWER' }],
  },
  {
    id: 'rotation',
    title: 'Key automation',
    description: 'Creates and rotates keys by program: operator for keys, 30 days.',
    icon: 'rotate',
    name: 'key-automation',
    lifetime: 'P30D',
    grants: () => [{ module: 'keys', role: 'OPERATOR' }],
  },
]
