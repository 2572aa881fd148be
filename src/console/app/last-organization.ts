const NAME = 'keyturn.organization'

/** The organization that this browser showed last: an id, which is no secret. */
export const lastOrganization = {
  read: (): string | null => localStorage.getItem(NAME),
  write: (id: string): void => localStorage.setItem(NAME, id),
}
