// How far an upload is, on one line of a terminal that is written again and again.
import type { Terminal } from './program.ts'

const MIB = 1024 * 1024
/** Milliseconds between two looks of the line: often enough to move, too seldom to flicker. */
const PACE = 100

/** `42%  512.0 of 1216.0 MiB  35.2 MiB/s`, for bytes sent in so many seconds. */
export function progressLine(sent: number, total: number, seconds: number): string {
  const percent = total === 0 ? 100 : Math.floor((100 * sent) / total)
  const speed = seconds > 0 ? sent / MIB / seconds : 0
  return `${percent}%  ${(sent / MIB).toFixed(1)} of ${(total / MIB).toFixed(1)} MiB  ${speed.toFixed(1)} MiB/s`
}

/** Counts bytes and shows them where somebody is watching: in a file or a pipe the line would be litter. */
export class Progress {
  readonly #terminal: Terminal
  readonly #total: number
  readonly #start = performance.now()
  #sent = 0
  #shown = Number.NEGATIVE_INFINITY

  constructor(terminal: Terminal, total: number) {
    this.#terminal = terminal
    this.#total = total
  }

  advance(bytes: number): void {
    this.#sent += bytes
    const now = performance.now()
    if (now - this.#shown < PACE && this.#sent < this.#total) return
    this.#shown = now
    this.#write(`\r${progressLine(this.#sent, this.#total, (now - this.#start) / 1000)}\x1b[K`)
  }

  /** Leaves the line as it is, so that what follows has a line of its own. */
  end(): void {
    if (this.#sent > 0) this.#write('\n')
  }

  #write(text: string): void {
    if (this.#terminal.isTTY) this.#terminal.write(text)
  }
}
