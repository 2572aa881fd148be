/** A value that is there already, most of the time: waiting for it all the same would cost every field of every object. */
export type MaybePromise<T> = T | Promise<T>

/** Goes on with a value as soon as it is there: at once, where it is. */
export const andThen = <T, R>(value: MaybePromise<T>, next: (value: T) => MaybePromise<R>): MaybePromise<R> =>
  value instanceof Promise ? value.then(next) : next(value)
