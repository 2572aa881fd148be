import { createRouter } from '@tanstack/react-router'
import { routeTree } from './routes.tsx'

/** One router for the page. A screen's chunk is loaded when its link is hovered or focused. */
export const createConsoleRouter = () =>
  createRouter({
    routeTree,
    defaultPreload: 'intent',
    defaultPendingMs: 200,
    scrollRestoration: true,
  })

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof createConsoleRouter>
  }
}
