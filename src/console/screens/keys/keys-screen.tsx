/** The screen "Keys". */
export const KeysScreen = () => (
  <section>
    <h1>Keys</h1>
  </section>
)
