/** The screen "Warnings". */
export const WarningsScreen = () => (
  <section>
    <h1>Warnings</h1>
  </section>
)
