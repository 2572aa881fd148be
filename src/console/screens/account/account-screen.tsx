/** The screen "Account". */
export const AccountScreen = () => (
  <section>
    <h1>Account</h1>
  </section>
)
