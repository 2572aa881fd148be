import { createRootRoute, createRoute, lazyRouteComponent, Outlet } from '@tanstack/react-router'
import { AuditSearch } from '../screens/audit/search.ts'
import { CreateKeySearch } from '../screens/create-key/search.ts'
import { KeySearch } from '../screens/key/search.ts'
import { KeysSearch } from '../screens/keys/search.ts'
import { NotificationsSearch } from '../screens/notifications/search.ts'
import { PeopleSearch } from '../screens/people/search.ts'
import { WarningsSearch } from '../screens/warnings/search.ts'
import { OrganizationShell } from '../shell/organization-shell.tsx'
import { Home } from './home.tsx'
import { KeyLink } from './key-link.tsx'
import { BareNotFound, ScreenFailure } from './not-found.tsx'
import { SignInSearch } from './sign-in-search.ts'

const root = createRootRoute({ component: Outlet, notFoundComponent: BareNotFound, errorComponent: ScreenFailure })

const home = createRoute({ getParentRoute: () => root, path: '/', component: Home })
const consoleHome = createRoute({ getParentRoute: () => root, path: '/console', component: Home })

const signIn = createRoute({
  getParentRoute: () => root,
  path: '/console/sign-in',
  validateSearch: SignInSearch,
  component: lazyRouteComponent(() => import('../screens/sign-in/sign-in-screen.tsx'), 'SignInScreen'),
})

/** The address of a key for whoever does not know its organization, such as the links in notifications. */
const keyLink = createRoute({ getParentRoute: () => root, path: '/console/keys/$keyId', component: KeyLink })

const organization = createRoute({
  getParentRoute: () => root,
  path: '/console/$organizationId',
  component: OrganizationShell,
})

// Each screen is a chunk of its own; what checks its search parameters is small, and loaded with the router.
const overview = createRoute({
  getParentRoute: () => organization,
  path: '/',
  component: lazyRouteComponent(() => import('../screens/overview/overview-screen.tsx'), 'OverviewScreen'),
})
const keys = createRoute({
  getParentRoute: () => organization,
  path: '/keys',
  validateSearch: KeysSearch,
  component: lazyRouteComponent(() => import('../screens/keys/keys-screen.tsx'), 'KeysScreen'),
})
const createKey = createRoute({
  getParentRoute: () => organization,
  path: '/keys/new',
  validateSearch: CreateKeySearch,
  component: lazyRouteComponent(() => import('../screens/create-key/create-key-screen.tsx'), 'CreateKeyScreen'),
})
const key = createRoute({
  getParentRoute: () => organization,
  path: '/keys/$keyId',
  validateSearch: KeySearch,
  component: lazyRouteComponent(() => import('../screens/key/key-screen.tsx'), 'KeyScreen'),
})
const warnings = createRoute({
  getParentRoute: () => organization,
  path: '/warnings',
  validateSearch: WarningsSearch,
  component: lazyRouteComponent(() => import('../screens/warnings/warnings-screen.tsx'), 'WarningsScreen'),
})
const audit = createRoute({
  getParentRoute: () => organization,
  path: '/audit',
  validateSearch: AuditSearch,
  component: lazyRouteComponent(() => import('../screens/audit/audit-screen.tsx'), 'AuditScreen'),
})
const people = createRoute({
  getParentRoute: () => organization,
  path: '/people',
  validateSearch: PeopleSearch,
  component: lazyRouteComponent(() => import('../screens/people/people-screen.tsx'), 'PeopleScreen'),
})
const structure = createRoute({
  getParentRoute: () => organization,
  path: '/structure',
  component: lazyRouteComponent(() => import('../screens/structure/structure-screen.tsx'), 'StructureScreen'),
})
const policies = createRoute({
  getParentRoute: () => organization,
  path: '/policies',
  component: lazyRouteComponent(() => import('../screens/policies/policies-screen.tsx'), 'PoliciesScreen'),
})
const notifications = createRoute({
  getParentRoute: () => organization,
  path: '/notifications',
  validateSearch: NotificationsSearch,
  component: lazyRouteComponent(
    () => import('../screens/notifications/notifications-screen.tsx'),
    'NotificationsScreen',
  ),
})
const account = createRoute({
  getParentRoute: () => organization,
  path: '/account',
  component: lazyRouteComponent(() => import('../screens/account/account-screen.tsx'), 'AccountScreen'),
})

const screens = [
  overview,
  keys,
  createKey,
  key,
  warnings,
  audit,
  people,
  structure,
  policies,
  notifications,
  account,
] as const

export const routeTree = root.addChildren([home, consoleHome, signIn, keyLink, organization.addChildren(screens)])
