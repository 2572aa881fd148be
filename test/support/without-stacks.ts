/**
 * Runs something that has very many errors as its expected answers, without their stacks: the test runner maps each frame of
 * each stack to its source, which takes longer than to answer.
 */
export const withoutStacks = async <T>(run: () => Promise<T>): Promise<T> => {
  const limit = Error.stackTraceLimit
  Error.stackTraceLimit = 0
  try {
    return await run()
  } finally {
    Error.stackTraceLimit = limit
  }
}
