/** The screen "Structure". */
export const StructureScreen = () => (
  <section>
    <h1>Structure</h1>
  </section>
)
