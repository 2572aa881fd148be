import { CopyButton } from './copy-button.tsx'

export interface CodeBlockProps {
  readonly code: string
  /** What it is: curl, GraphQL, JSON. */
  readonly title: string
}

/** Code with a button that copies it. */
export const CodeBlock = ({ code, title }: CodeBlockProps) => (
  <figure className="code">
    <figcaption className="code__bar">
      {title}
      <CopyButton text={code} variant="quiet" aria-label={`Copy ${title}`} />
    </figcaption>
    <pre>
      <code>{code}</code>
    </pre>
  </figure>
)

export interface SecretRevealProps {
  /** The clear text. Keep it in component state alone, never in a cache, storage or the URL. */
  readonly secret: string
  readonly onCopied?: () => void
}

/** A secret, shown in full, with a button that copies it. */
export const SecretReveal = ({ secret, onCopied }: SecretRevealProps) => (
  <div className="secret">
    <code className="secret__text" data-testid="secret">
      {secret}
    </code>
    <CopyButton text={secret} label="Copy secret" variant="primary" {...(onCopied && { onCopied })} />
  </div>
)

/** The name of a key on the keyboard. */
export const Kbd = ({ children }: { readonly children: string }) => <kbd className="kbd">{children}</kbd>
