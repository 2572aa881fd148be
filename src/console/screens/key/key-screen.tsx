/** The screen "Key". */
export const KeyScreen = () => (
  <section>
    <h1>Key</h1>
  </section>
)
