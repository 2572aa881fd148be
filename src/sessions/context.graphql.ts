import type { SessionsService } from './sessions.service.ts'

declare module '../schema-kit/context.ts' {
  interface Services {
    readonly sessions: SessionsService
  }
}
