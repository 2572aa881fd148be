/** Runs the server in this process, until a signal ends it. */
export const serve = async (): Promise<void> => {
  await import('../main.ts')
}
