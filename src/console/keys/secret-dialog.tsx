import { Callout } from '../ui/callout.tsx'
import { CodeBlock } from '../ui/code.tsx'
import { OneTimeSecret } from '../ui/one-time-secret.tsx'
import { curlExample } from './curl.ts'

/** A secret that was just issued. It is in the state of the component that shows it, and nowhere else. */
export interface IssuedSecret {
  readonly keyId: string
  readonly keyName: string
  readonly secret: string
}

export interface SecretDialogProps {
  readonly issued: IssuedSecret
  /** What has happened to the key: created, rotated. */
  readonly done: string
  /** More to know about this secret, such as how long the old one goes on working. */
  readonly note?: string
  /** Called when the person says that the secret is stored. Forget it then. */
  readonly onStored: () => void
}

/** Shows the secret of a key once, with a request to try it. Only the statement that it is stored closes the dialog. */
export const SecretDialog = ({ issued, done, note, onStored }: SecretDialogProps) => (
  <OneTimeSecret
    title={`Store the secret of “${issued.keyName}” now`}
    secret={issued.secret}
    onStored={onStored}
    footnote={
      <>
        {note && <Callout>{note}</Callout>}
        <CodeBlock
          title="Try it: exchange it for an access token, and call the API"
          code={curlExample({ origin: location.origin, keyId: issued.keyId, secret: issued.secret })}
        />
      </>
    }
  >
    <p>
      The key is {done}. This is the only time that its secret is shown: the server keeps only a hash. Put it into your
      secret store before you go on.
    </p>
  </OneTimeSecret>
)
