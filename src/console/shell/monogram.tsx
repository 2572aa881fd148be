/** The first letter of a name in a square or, for a person, in a circle. Decoration: the name stands beside it. */
export const Monogram = ({ name, round = false }: { readonly name: string; readonly round?: boolean }) => (
  <span className="monogram" data-round={round ? '' : undefined} aria-hidden="true">
    {[...name.trim()][0]?.toUpperCase() ?? '?'}
  </span>
)
