const NAME = 'keyturn.organization'

/** The organization that this browser showed last: an id, which is no secret. */
export const lastOrganization = {
  read: (): string | null => {
    const id = localStorage.getItem(NAME)
    return id?.startsWith('org_') ? id : null
  },
  write: (id: string): void => localStorage.setItem(NAME, id),
  /** Forgets an organization that the person cannot see, so that the start leads to another. */
  forget: (id: string): void => {
    if (localStorage.getItem(NAME) === id) localStorage.removeItem(NAME)
  },
}
