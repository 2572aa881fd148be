/** The page of the console that shows a key, or the overview of an organization. */
export const pageAbout = (publicUrl: string, organizationId: string, keyId: string | null): string => {
  const overview = `${publicUrl}/console/${organizationId}`
  return keyId === null ? overview : `${overview}/keys/${keyId}`
}
