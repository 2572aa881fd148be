/** The screens in the navigation and in the command palette, in order. `icon` is a path in a box of 16 by 16. */
export const SCREENS = [
  { to: '/console/$organizationId', title: 'Overview', icon: 'M2.5 13.5v-4m3.7 4v-8m3.6 8v-5m3.7 5v-11' },
  {
    to: '/console/$organizationId/keys',
    title: 'Keys',
    icon: 'M8.6 8a3.1 3.1 0 1 1-6.2 0 3.1 3.1 0 0 1 6.2 0Zm0 0h5m-2 0v2.4m2-2.4v1.8',
  },
  {
    to: '/console/$organizationId/warnings',
    title: 'Warnings',
    icon: 'M8 2.5a4 4 0 0 0-4 4v2.7L2.8 11.5h10.4L12 9.2V6.5a4 4 0 0 0-4-4ZM6.7 13.5h2.6',
  },
  {
    to: '/console/$organizationId/audit',
    title: 'Audit log',
    icon: 'M4 2.5h8v11H4zM6.3 5.5h3.4M6.3 8h3.4m-3.4 2.5h2',
  },
  {
    to: '/console/$organizationId/people',
    title: 'People',
    icon: 'M8.2 5.2a2.4 2.4 0 1 1-4.8 0 2.4 2.4 0 0 1 4.8 0ZM1.6 13.2c.2-2.4 1.8-3.8 4.2-3.8s4 1.4 4.2 3.800M10.6 3.200a2.2 2.2 0 0 1 0 4.200M11.9 9.700c1.5.4 2.4 1.6 2.6 3.5',
  },
  {
    to: '/console/$organizationId/structure',
    title: 'Structure',
    icon: 'M6 2.500h4v3H6zM2 10.500h4v3H2zM10 10.500h4v3h-4zM8 5.500V8M4 10.500V8h8v2.5',
  },
  {
    to: '/console/$organizationId/policies',
    title: 'Policies',
    icon: 'M8 2.3 13 4v4c0 3-2.2 4.9-5 5.800C5.2 12.9 3 11 3 8V4zM6 8l1.5 1.500L10.2 6.6',
  },
  {
    to: '/console/$organizationId/notifications',
    title: 'Notifications',
    icon: 'm2.5 8 11-5-3.2 10.5-2.5-4.200zM7.8 9.300l5.7-6.3',
  },
] as const
