/** The screen "Policies". */
export const PoliciesScreen = () => (
  <section>
    <h1>Policies</h1>
  </section>
)
