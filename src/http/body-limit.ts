/** Limit of a request body and of a WebSocket message, in bytes. */
export const LARGEST_BODY_BYTES = 128 * 1024
