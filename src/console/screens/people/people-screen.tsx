/** The screen "People". */
export const PeopleScreen = () => (
  <section>
    <h1>People</h1>
  </section>
)
