import type { IconName } from '../ui/icon.tsx'

/** A screen in the navigation and in the command palette. */
interface ScreenLink {
  readonly to:
    | '/console/$organizationId'
    | `/console/$organizationId/${'keys' | 'warnings' | 'audit' | 'people' | 'structure' | 'policies' | 'notifications'}`
  readonly title: string
  readonly icon: IconName
}

/** What people come for, and what they set up, in order. */
export const SCREEN_GROUPS: readonly { readonly title: string; readonly screens: readonly ScreenLink[] }[] = [
  {
    title: 'Credentials',
    screens: [
      { to: '/console/$organizationId', title: 'Overview', icon: 'grid' },
      { to: '/console/$organizationId/keys', title: 'Keys', icon: 'key' },
      { to: '/console/$organizationId/warnings', title: 'Warnings', icon: 'alert' },
      { to: '/console/$organizationId/audit', title: 'Audit log', icon: 'list' },
    ],
  },
  {
    title: 'Organization',
    screens: [
      { to: '/console/$organizationId/people', title: 'People', icon: 'users' },
      { to: '/console/$organizationId/structure', title: 'Structure', icon: 'folder' },
      { to: '/console/$organizationId/policies', title: 'Policies', icon: 'shield' },
      { to: '/console/$organizationId/notifications', title: 'Notifications', icon: 'bell' },
    ],
  },
]
