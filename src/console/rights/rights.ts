import { createContext, use } from 'react'
import { type Grant, holds, type Role } from '../../kernel/grants.ts'

/** What the person may do in the organization of the screen. */
export interface Rights {
  readonly grants: readonly Grant[]
  readonly has: (module: string, role: Role) => boolean
  /** The missing grant as a sentence for a disabled control; undefined where it is there. */
  readonly denied: (module: string, role: Role) => string | undefined
}

export const rightsOf = (grants: readonly Grant[]): Rights => {
  const has = (module: string, role: Role) => holds(grants, module, role)
  return {
    grants,
    has,
    denied: (module, role) => (has(module, role) ? undefined : `You need ${module}:${role.toLowerCase()} for this.`),
  }
}

export const RightsContext = createContext<Rights>(rightsOf([]))

/** @public What the person may do in the organization of the screen. */
export const useRights = (): Rights => use(RightsContext)
