import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** A line to a server that a test can cut, or fill with silence, and restore. */
export interface CutLine {
  readonly port: number
  /** Breaks every connection off, and takes no more. */
  cut(): void
  /** Takes connections and lets nothing through, either way: what a network does that loses every packet. */
  silence(): void
  restore(): void
  close(): Promise<void>
}

/** Opens a line to a port of this machine. */
export const openLine = async (to: number): Promise<CutLine> => {
  let state: 'whole' | 'cut' | 'silent' = 'whole'
  const open = new Set<Socket>()
  const server = createServer((near) => {
    if (state === 'cut') return void near.destroy()
    const far = connect(to, '127.0.0.1')
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      open.add(one)
      one.on('data', (data) => {
        if (state === 'whole') other.write(data)
      })
      one.on('error', () => one.destroy())
      one.on('close', () => {
        open.delete(one)
        other.destroy()
      })
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const breakOff = () => {
    for (const socket of open) socket.destroy()
  }
  return {
    port: (server.address() as AddressInfo).port,
    cut: () => {
      state = 'cut'
      breakOff()
    },
    silence: () => {
      state = 'silent'
    },
    restore: () => {
      state = 'whole'
      // What was lost is lost: those who waited in silence begin anew.
      breakOff()
    },
    close: async () => {
      breakOff()
      await new Promise<void>((resolve) => {
        server.close(() => resolve())
      })
    },
  }
}
