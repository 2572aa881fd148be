import { createContext, type ReactNode, use, useRef, useState } from 'react'
import { type ConsoleError, nextStepOf } from '../data/console-error.ts'
import './toasts.css'

interface Toast {
  readonly id: number
  readonly tone: 'success' | 'error'
  readonly title: string
  readonly detail: string | null
  /** Code, reason and request id: what an operator asks for. */
  readonly reference: string | null
}

export interface Toasts {
  /** Says that something was done. It goes by itself. */
  show(title: string, detail?: string): void
  /** Says why something failed, and stays until it is dismissed. */
  showError(error: ConsoleError): void
}

/** At most so many at once: an older one makes room. */
const MOST = 4
const SHOWN_MS = 6_000

const ToastContext = createContext<Toasts | null>(null)

/** @public Shows messages. Throws outside of a ToastProvider. */
export const useToasts = (): Toasts => {
  const toasts = use(ToastContext)
  if (toasts === null) throw new Error('useToasts needs a ToastProvider around it.')
  return toasts
}

const referenceOf = ({ code, reason, requestId }: ConsoleError): string =>
  [code, reason, requestId === undefined ? undefined : `request ${requestId}`].filter(Boolean).join(' · ')

/** Shows messages above all screens, and announces them to screen readers. */
export const ToastProvider = ({ children }: { readonly children: ReactNode }) => {
  const [shown, setShown] = useState<readonly Toast[]>([])
  const lastId = useRef(0)
  const remove = (id: number) => setShown((list) => list.filter((toast) => toast.id !== id))
  const [toasts] = useState<Toasts>(() => {
    const add = (toast: Omit<Toast, 'id'>): number => {
      lastId.current += 1
      const id = lastId.current
      setShown((list) => [...list.slice(1 - MOST), { ...toast, id }])
      return id
    }
    return {
      show: (title, detail) => {
        const id = add({ tone: 'success', title, detail: detail ?? null, reference: null })
        setTimeout(() => remove(id), SHOWN_MS)
      },
      showError: (error) => {
        add({ tone: 'error', title: error.message, detail: nextStepOf(error), reference: referenceOf(error) })
      },
    }
  })
  return (
    <ToastContext value={toasts}>
      {children}
      <section className="toasts" aria-label="Messages" aria-live="polite">
        {shown.map((toast) => (
          <ToastCard key={toast.id} toast={toast} onDismiss={() => remove(toast.id)} />
        ))}
      </section>
    </ToastContext>
  )
}

const ToastCard = ({ toast, onDismiss }: { readonly toast: Toast; readonly onDismiss: () => void }) => (
  <div className="toast" data-tone={toast.tone} role={toast.tone === 'error' ? 'alert' : undefined}>
    <div className="toast-text">
      <strong>{toast.title}</strong>
      {toast.detail !== null && <p>{toast.detail}</p>}
      {toast.reference !== null && <code>{toast.reference}</code>}
    </div>
    <button type="button" className="toast-dismiss" aria-label="Dismiss" onClick={onDismiss}>
      ×
    </button>
  </div>
)
