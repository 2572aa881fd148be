// Loaded before the service: it then collects its garbage when it is told to, so that its memory can be compared.

process.on('SIGUSR2', () => {
  globalThis.gc()
  globalThis.gc()
})
