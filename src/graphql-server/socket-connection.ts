import type { PresentedCredential } from '../access/authenticator.ts'
import type { CallOrigin } from '../access/call-origin.ts'
import type { Principal } from '../access/principal.ts'
import type { KeyturnError } from '../kernel/errors.ts'
import type { Connection } from '../schema-kit/context.ts'
import { holderOf, type LiveLimits } from './live-limits.ts'
import type { ReleaseSlot } from './slot-limit.ts'
import type { SocketChannel } from './socket-channel.ts'

const nothing = () => undefined

/** A WebSocket as operations see it. */
export class SocketConnection implements Connection {
  readonly origin: CallOrigin
  readonly credential: PresentedCredential | null
  readonly mutationRefusal: KeyturnError | null
  private readonly channel: SocketChannel
  private readonly limits: LiveLimits

  constructor(
    { origin, credential, mutationRefusal }: Pick<Connection, 'origin' | 'credential' | 'mutationRefusal'>,
    channel: SocketChannel,
    limits: LiveLimits,
  ) {
    this.origin = origin
    this.credential = credential
    this.mutationRefusal = mutationRefusal
    this.channel = channel
    this.limits = limits
  }

  get closing(): boolean {
    return this.channel.closing
  }

  end(code: number, reason: string): void {
    this.channel.end(code, reason)
  }

  /** Never calls back: graphql-ws ends the operations of a socket that closes. */
  onGone(): () => void {
    return nothing
  }

  /** Counts a subscription. The socket is counted already, however many of them it carries. */
  hold(principal: Principal | null): ReleaseSlot {
    return this.limits.subscriptions.take(holderOf(principal, this.origin))
  }
}
