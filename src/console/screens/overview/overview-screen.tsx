/** The screen "Overview". */
export const OverviewScreen = () => (
  <section>
    <h1>Overview</h1>
  </section>
)
