import { defined, oneOf, type RawSearch } from '../../app/search.ts'

export const KEY_TABS = ['history', 'tokens', 'metadata'] as const
export type KeyTab = (typeof KEY_TABS)[number]

export const KEY_DIALOGS = ['rotate', 'suspend', 'revoke', 'edit'] as const
export type KeyDialog = (typeof KEY_DIALOGS)[number]

/** The open tab, and a dialog that a link may open. */
export const KeySearch = (search: RawSearch) =>
  defined({
    tab: oneOf(search, 'tab', KEY_TABS),
    dialog: oneOf(search, 'dialog', KEY_DIALOGS),
  })
