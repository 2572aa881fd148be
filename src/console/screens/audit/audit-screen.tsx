/** The screen "Audit". */
export const AuditScreen = () => (
  <section>
    <h1>Audit</h1>
  </section>
)
