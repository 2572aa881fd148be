import { IncomingMessage } from 'node:http'

/**
 * A request whose body can be taken from the parser as a whole. Reading its stream takes as long as parsing it does, which is
 * much for a body that arrives in one piece.
 */
export class CollectedRequest extends IncomingMessage {
  private onBody: ((body: Buffer) => void) | null = null
  private first: Buffer | null = null
  private others: Buffer[] | null = null

  static {
    // The parser of a connection keeps a request until its stream has ended. That of a collected one never does.
    Object.defineProperty(CollectedRequest.prototype, 'readableEnded', {
      get(this: CollectedRequest): unknown {
        return this.onBody === null ? Reflect.get(IncomingMessage.prototype, 'readableEnded', this) : this.complete
      },
    })
  }

  /**
   * Calls back with the body once it is complete; never, if the client leaves before. Nothing limits the body here: it must be
   * known to be short. Only in the event `request`, which comes before the parser reads the body.
   */
  collect(onBody: (body: Buffer) => void): void {
    this.onBody = onBody
  }

  /** Makes a collected body readable like that of every other request. */
  giveBack(body: Buffer): void {
    this.onBody = null
    this.push(body)
    this.push(null)
  }

  /** Called by the parser for each part of the body, and with null at its end. */
  override push(part: Buffer | null, encoding?: BufferEncoding): boolean {
    const { onBody } = this
    if (onBody === null) return super.push(part, encoding)
    if (part === null) onBody(this.takeBody())
    else if (this.first === null) this.first = part
    else {
      this.others ??= []
      this.others.push(part)
    }
    return true
  }

  /** Called when a response ends whose request was not read as a stream. Of a collected one nothing is left to read. */
  override resume(): this {
    return this.onBody === null ? super.resume() : this
  }

  private takeBody(): Buffer {
    const { first, others } = this
    this.first = null
    this.others = null
    if (first === null) return Buffer.alloc(0)
    return others === null ? first : Buffer.concat([first, ...others])
  }
}
