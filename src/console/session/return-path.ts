/** Where a person goes after signing in. Only a page of the console: any other address could be another site's. */
export const safeReturnPath = (path: string | undefined): string => {
  if (path === undefined || !URL.canParse(path, location.origin)) return '/'
  const url = new URL(path, location.origin)
  if (url.origin !== location.origin || !url.pathname.startsWith('/console/')) return '/'
  return url.pathname.startsWith('/console/sign-in') ? '/' : `${url.pathname}${url.search}${url.hash}`
}

/** The sign-in page for somebody who was refused here: it leads back to this page. */
export const signInPath = (reason: string | undefined): string => {
  const { pathname, search } = location
  const parameters = new URLSearchParams()
  const back = safeReturnPath(`${pathname}${search}`)
  if (back !== '/') parameters.set('return', back)
  if (reason !== undefined && reason !== 'MISSING') parameters.set('reason', reason)
  return `/console/sign-in${parameters.size === 0 ? '' : `?${parameters}`}`
}

const NAME = 'keyturn.return'

/** Keeps the way back over a sign-in at the identity provider, which leads to the start. */
export const rememberReturn = (path: string): void => sessionStorage.setItem(NAME, path)

/** The way back that was kept, once. Null where there is none. */
export const takeReturn = (): string | null => {
  const path = sessionStorage.getItem(NAME)
  sessionStorage.removeItem(NAME)
  return path === null || safeReturnPath(path) === '/' ? null : safeReturnPath(path)
}
