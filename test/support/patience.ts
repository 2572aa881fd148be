/** How long a test waits for something that happens by itself, on a machine that may have much else to do. */
export const PATIENCE = { timeout: 15_000 }
