import { useNavigate } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { useData } from '../data/use-data.ts'
import { readFragment } from '../generated/fragment-masking.ts'
import { PaletteKeyFragmentDoc, PaletteKeysDocument } from '../generated/graphql.ts'
import { useRights } from '../rights/rights.ts'
import { leave } from '../session/leave.ts'
import type { IconName } from '../ui/icon.tsx'
import { usePlace } from './place.ts'
import { SCREEN_GROUPS } from './screens.ts'
import { chooseTheme } from './theme.ts'

/** Something that the palette can do. */
export interface Command {
  readonly id: string
  readonly title: string
  readonly hint?: string
  readonly icon: IconName
  readonly run: () => void
}

interface CommandGroup {
  readonly title: string
  readonly commands: readonly Command[]
}

const TYPING_MS = 120

/** What matches the text: keys by name, screens, organizations and actions. */
export const useCommands = (
  scope: 'everything' | 'organizations',
  text: string,
): { readonly groups: readonly CommandGroup[]; readonly isLoading: boolean } => {
  const keys = useKeyCommands(scope === 'everything' ? text.trim() : '')
  const screens = useScreenCommands()
  const organizations = useOrganizationCommands()
  const actions = useActionCommands()
  const words = text.toLowerCase().split(/\s+/).filter(Boolean)
  const matching = (commands: readonly Command[]) =>
    commands.filter(({ title, hint = '' }) => words.every((word) => `${title} ${hint}`.toLowerCase().includes(word)))
  const all: readonly CommandGroup[] =
    scope === 'organizations'
      ? [{ title: 'Organizations', commands: matching(organizations) }]
      : [
          { title: 'Keys', commands: keys.commands },
          { title: 'Screens', commands: matching(screens) },
          { title: 'Actions', commands: matching(actions) },
          { title: 'Organizations', commands: words.length === 0 ? [] : matching(organizations) },
        ]
  return { groups: all.filter(({ commands }) => commands.length > 0), isLoading: keys.isLoading }
}

const useScreenCommands = (): Command[] => {
  const navigate = useNavigate()
  const { organization } = usePlace()
  const params = { organizationId: organization.id }
  return [
    ...SCREEN_GROUPS.flatMap(({ screens }) => screens).map(({ to, title, icon }) => ({
      id: to,
      title,
      icon,
      run: () => void navigate({ to, params }),
    })),
    {
      id: 'account',
      title: 'My account',
      icon: 'user',
      run: () => void navigate({ to: '/console/$organizationId/account', params }),
    },
  ]
}

const useActionCommands = (): Command[] => {
  const navigate = useNavigate()
  const { organization } = usePlace()
  const { denied } = useRights()
  const params = { organizationId: organization.id }
  const refusal = denied('keys', 'OPERATOR')
  return [
    {
      id: 'create',
      title: 'Create a key',
      icon: 'plus',
      ...(refusal === undefined ? {} : { hint: refusal }),
      run: () => void navigate({ to: '/console/$organizationId/keys/new', params }),
    },
    { id: 'light', title: 'Use the light theme', icon: 'sun', run: () => chooseTheme('light') },
    { id: 'dark', title: 'Use the dark theme', icon: 'moon', run: () => chooseTheme('dark') },
    { id: 'system', title: 'Use the theme of the system', icon: 'contrast', run: () => chooseTheme('system') },
    { id: 'leave', title: 'Sign out', icon: 'sign-out', run: () => void leave() },
  ]
}

const useOrganizationCommands = (): Command[] => {
  const navigate = useNavigate()
  const { viewer, organization } = usePlace()
  const { parent, suborganizations } = organization
  const all = new Map<string, Command>()
  const add = ({ id, name }: { readonly id: string; readonly name: string }, hint?: string) => {
    if (all.has(id)) return
    const run = () => void navigate({ to: '/console/$organizationId', params: { organizationId: id } })
    all.set(id, { id, title: name, icon: 'building', run, ...(hint === undefined ? {} : { hint }) })
  }
  add(organization, 'current')
  if (parent != null) add(parent, 'above')
  for (const one of suborganizations) add(one, `in ${organization.name}`)
  for (const one of viewer.organizations) add(one)
  return [...all.values()]
}

const useKeyCommands = (text: string): { readonly commands: Command[]; readonly isLoading: boolean } => {
  const navigate = useNavigate()
  const { organization } = usePlace()
  const { has } = useRights()
  const search = useSettled(text, TYPING_MS)
  const pause = search === '' || !has('keys', 'VIEWER')
  const variables = { organizationId: organization.id, search, personal: has('keys', 'MANAGER') }
  const { data, isLoading } = useData(PaletteKeysDocument, variables, { pause, live: false })
  if (text === '' || pause) return { commands: [], isLoading: false }
  const edges = data?.organization?.keys?.edges ?? data?.organization?.apiKeys?.edges ?? []
  const commands = edges.map(({ node }): Command => {
    const key = readFragment(PaletteKeyFragmentDoc, node)
    const params = { organizationId: key.organization.id, keyId: key.id }
    return {
      id: key.id,
      title: key.name,
      hint: `${key.kind === 'API_KEY' ? 'API key' : 'Personal key'}, ${key.status.toLowerCase()}, in ${key.organization.name}`,
      icon: 'key',
      run: () => void navigate({ to: '/console/$organizationId/keys/$keyId', params }),
    }
  })
  return { commands, isLoading }
}

/** The value once it has not changed for a while. */
const useSettled = (value: string, milliseconds: number): string => {
  const [settled, setSettled] = useState(value)
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), milliseconds)
    return () => clearTimeout(timer)
  }, [value, milliseconds])
  return settled
}
