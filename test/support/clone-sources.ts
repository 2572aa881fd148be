/** The files and folders that a build of the service reads, for tests that build a copy of it. */
export const CLONE_SOURCES = [
  'package.json',
  'tsconfig.json',
  'tsconfig.build.json',
  'tsconfig.package.json',
  'tsconfig.console.json',
  'vite.config.ts',
  'vite.server.config.ts',
  'vite.server.config.ts',
  '.ci',
  'src',
  'migrations',
]
