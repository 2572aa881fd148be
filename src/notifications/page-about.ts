/** A page that shows a key or an organization: GraphiQL with a query for it. */
export const pageAbout = (publicUrl: string, id: string): string => {
  const query = `{ node(id: "${id}") { __typename id ... on Key { name status expiresAt } ... on Organization { name } } }`
  return `${publicUrl}/graphql?query=${encodeURIComponent(query)}`
}
