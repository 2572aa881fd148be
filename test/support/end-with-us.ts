import type { ChildProcess } from 'node:child_process'

/** Has a child process end with the test's own: one that fails half way leaves nothing running. */
export const endWithUs = (child: ChildProcess): void => {
  const end = () => child.kill('SIGKILL')
  process.once('exit', end)
  child.once('exit', () => process.off('exit', end))
}
