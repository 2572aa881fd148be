/** A value that is usually available synchronously. Awaiting it always would cost time for every field of every object. */
export type MaybePromise<T> = T | Promise<T>

/** Calls `next` with the value: synchronously if it is available, otherwise when the promise resolves. */
export const andThen = <T, R>(value: MaybePromise<T>, next: (value: T) => MaybePromise<R>): MaybePromise<R> =>
  value instanceof Promise ? value.then(next) : next(value)

/** The value of `first`, or that of `failed` if it throws or rejects. */
export const orElse = <T, R>(
  first: () => MaybePromise<T>,
  failed: (error: unknown) => MaybePromise<R>,
): MaybePromise<T | R> => {
  try {
    const value = first()
    return value instanceof Promise ? value.catch(failed) : value
  } catch (error) {
    return failed(error)
  }
}
