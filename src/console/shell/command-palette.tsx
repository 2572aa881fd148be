import { type KeyboardEvent, useEffect, useId, useRef, useState } from 'react'
import { Icon } from '../ui/icon.tsx'
import { type Command, useCommands } from './use-commands.ts'
import './command-palette.css'

export interface CommandPaletteProps {
  readonly scope: 'everything' | 'organizations'
  readonly onClose: () => void
}

/** Finds screens, keys, organizations and actions by typing. Arrow keys choose, Enter goes there, Escape closes. */
export const CommandPalette = ({ scope, onClose }: CommandPaletteProps) => {
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => {
    dialog.current?.showModal()
  }, [])
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Escape closes a modal dialog by itself
    <dialog
      ref={dialog}
      className="palette"
      aria-label={scope === 'organizations' ? 'Switch the organization' : 'Search and commands'}
      onClose={onClose}
      onClick={({ target, currentTarget }) => {
        // A press on the backdrop has the dialog itself as its target.
        if (target === currentTarget) currentTarget.close()
      }}
    >
      <PaletteContent scope={scope} close={() => dialog.current?.close()} />
    </dialog>
  )
}

interface ContentProps {
  readonly scope: CommandPaletteProps['scope']
  readonly close: () => void
}

const PaletteContent = ({ scope, close }: ContentProps) => {
  const [text, setText] = useState('')
  const [chosen, setChosen] = useState(0)
  const id = useId()
  const { groups, isLoading } = useCommands(scope, text)
  const commands = groups.flatMap((group) => group.commands)
  const current = Math.min(chosen, Math.max(0, commands.length - 1))
  const run = (command: Command | undefined) => {
    if (command === undefined) return
    close()
    command.run()
  }
  const press = (event: KeyboardEvent) => {
    const steps: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowUp: -1 }
    const step = steps[event.key]
    if (step !== undefined && commands.length > 0) setChosen((current + step + commands.length) % commands.length)
    else if (event.key === 'Enter') run(commands[current])
    else return
    event.preventDefault()
  }
  return (
    <div className="palette__content">
      <div className="palette__search">
        <Icon name="search" />
        <input
          // biome-ignore lint/a11y/noAutofocus: a palette is opened to type into it
          autoFocus
          type="text"
          role="combobox"
          aria-label={scope === 'organizations' ? 'Find an organization' : 'Find a screen, a key or an action'}
          aria-expanded="true"
          aria-controls={`${id}-list`}
          aria-activedescendant={commands.length === 0 ? undefined : `${id}-${current}`}
          aria-autocomplete="list"
          autoComplete="off"
          spellCheck={false}
          placeholder={scope === 'organizations' ? 'Organization…' : 'Screen, key or action…'}
          value={text}
          onChange={({ target }) => {
            setText(target.value)
            setChosen(0)
          }}
          onKeyDown={press}
        />
      </div>
      <CommandList id={id} groups={groups} current={current} onRun={run} />
      {commands.length === 0 && (
        <p className="palette__empty" role="status">
          {isLoading ? 'Searching…' : 'Nothing matches.'}
        </p>
      )}
    </div>
  )
}

interface CommandListProps {
  readonly id: string
  readonly groups: ReturnType<typeof useCommands>['groups']
  readonly current: number
  readonly onRun: (command: Command) => void
}

const CommandList = ({ id, groups, current, onRun }: CommandListProps) => {
  const list = useRef<HTMLDivElement>(null)
  useEffect(() => {
    list.current?.querySelector(`[id="${id}-${current}"]`)?.scrollIntoView({ block: 'nearest' })
  }, [id, current])
  let index = -1
  return (
    <div ref={list} id={`${id}-list`} className="palette__list" role="listbox" aria-label="Results">
      {groups.map(({ title, commands }) => (
        // biome-ignore lint/a11y/useSemanticElements: a fieldset cannot hold the options of a listbox
        <div key={title} role="group" aria-label={title}>
          <div className="palette__group" aria-hidden="true">
            {title}
          </div>
          {commands.map((command) => {
            index += 1
            const isCurrent = index === current
            return (
              // biome-ignore lint/a11y/useKeyWithClickEvents: the field above has the focus and handles the keys
              // biome-ignore lint/a11y/useFocusableInteractive: as above
              <div
                key={command.id}
                id={`${id}-${index}`}
                className="palette__command"
                role="option"
                aria-selected={isCurrent}
                onClick={() => onRun(command)}
              >
                <Icon name={command.icon} />
                <span className="palette__title">{command.title}</span>
                {command.hint !== undefined && <span className="muted small">{command.hint}</span>}
              </div>
            )
          })}
        </div>
      ))}
    </div>
  )
}
