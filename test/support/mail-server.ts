import { SMTPServer } from 'smtp-server'

export interface Mail {
  readonly to: readonly string[]
  readonly text: string
}

export interface Login {
  readonly user: string
  readonly password: string
}

/**
 * An SMTP server on 127.0.0.1, which keeps what it gets, or refuses it where `state` says so.
 *
 * @param login what it requires; without it, it takes e-mail from anyone
 */
export const startMailServer = async (login?: Login) => {
  const mails: Mail[] = []
  const state = { refuses: false, refused: '', refusesLogin: false }
  const server = new SMTPServer({
    authOptional: login === undefined,
    allowInsecureAuth: true,
    disabledCommands: ['STARTTLS'],
    onAuth: ({ username, password }, _session, done) => {
      if (!state.refusesLogin && username === login?.user && password === login?.password)
        return done(null, { user: username })
      // Like a server that repeats what it was sent.
      const message = `No such login: ${username} with ${password}`
      done(Object.assign(new Error(message), { responseCode: 535 }))
    },
    onRcptTo: ({ address }, _session, done) =>
      done(address === state.refused ? Object.assign(new Error('busy'), { responseCode: 450 }) : null),
    onData: (stream, session, done) => {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', () => {
        if (state.refuses) return done(Object.assign(new Error('busy'), { responseCode: 451 }))
        const text = Buffer.concat(chunks).toString().replaceAll('=\r\n', '')
        mails.push({ to: session.envelope.rcptTo.map(({ address }) => address), text })
        done()
      })
    },
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()))
  const address = server.server.address()
  if (address === null || typeof address === 'string') throw new Error('The mail server has no port.')
  return {
    mails,
    state,
    port: address.port,
    close: () => new Promise<void>((resolve) => server.close(() => resolve())),
  }
}
