import { useNavigate } from '@tanstack/react-router'
import type { MouseEvent, ReactNode } from 'react'

export interface KeyAnchorProps {
  readonly organizationId: string
  readonly keyId: string
  readonly children: ReactNode
}

/** A link to a key. The router's own follows every navigation to know whether it is active, which a long list cannot afford. */
export const KeyAnchor = ({ organizationId, keyId, children }: KeyAnchorProps) => {
  const navigate = useNavigate()
  const follow = (event: MouseEvent) => {
    // Another tab or window is for the browser.
    if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return
    event.preventDefault()
    void navigate({ to: '/console/$organizationId/keys/$keyId', params: { organizationId, keyId } })
  }
  return (
    <a href={`/console/${organizationId}/keys/${keyId}`} onClick={follow}>
      {children}
    </a>
  )
}
