/** The screen "Notifications". */
export const NotificationsScreen = () => (
  <section>
    <h1>Notifications</h1>
  </section>
)
