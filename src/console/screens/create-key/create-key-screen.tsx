/** The screen "Create key". */
export const CreateKeyScreen = () => (
  <section>
    <h1>Create key</h1>
  </section>
)
