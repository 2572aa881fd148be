import { createContext, use } from 'react'
import type { ShellOrganizationQuery, ShellViewerQuery } from '../generated/graphql.ts'

/** Who is signed in, and which organization the screen is about. */
export interface Place {
  readonly viewer: ShellViewerQuery['viewer']
  readonly organization: NonNullable<ShellOrganizationQuery['organization']>
}

export const PlaceContext = createContext<Place | null>(null)

/** Throws outside of the shell of an organization. */
export const usePlace = (): Place => {
  const place = use(PlaceContext)
  if (place === null) throw new Error('usePlace needs the shell of an organization around it.')
  return place
}
