// How far an upload is: on one line of a terminal that is written again and again, or now and then in a log.
import type { Terminal } from './program.ts'

const MIB = 1024 * 1024
const GIB = 1024 * MIB

/** Milliseconds between two looks of the line: often enough to move, too seldom to flicker. */
const PACE = 100
/** Milliseconds between two lines where nobody watches. */
const LOG_PACE = 30_000
/** Milliseconds over which the rate is taken: long enough to be steady, short enough to follow the link. */
const WINDOW = 10_000
/** Characters of the bar. */
const BAR = 20

/** How far it is. */
export interface Standing {
  /** Bytes that are there. */
  readonly done: number
  /** Of so many; undefined where the file is unpacked on the way, and nobody knows. */
  readonly total: number | undefined
  /** What part of the whole that is, 0 to 1. */
  readonly share: number
  /** Bytes a second of late; undefined where nothing was sent yet. */
  readonly rate: number | undefined
  /** Seconds that the rest will take, where that can be told. */
  readonly left: number | undefined
  /** What stands in the way at present. */
  readonly trouble: string | undefined
}

/** `42% [========>           ]  512.0 of 1216.0 MiB  35.2 MiB/s  20s left` */
export function progressLine({ done, total, share, rate, left, trouble }: Standing): string {
  const filled = Math.floor(BAR * share)
  const bar = `${'='.repeat(filled)}${filled < BAR ? '>' : ''}`.padEnd(BAR)
  const last = trouble ?? (left === undefined ? undefined : `${duration(left)} left`)
  return [
    `${`${Math.floor(100 * share)}%`.padStart(4)} [${bar}]`,
    amount(done, total),
    rate === undefined ? undefined : `${(rate / MIB).toFixed(1)} MiB/s`,
    last,
  ]
    .filter(part => part !== undefined)
    .join('  ')
}

/** `512.0 of 1216.0 MiB`, `3.1 of 80.0 GiB`, or without a total `512.0 MiB`. */
export function amount(done: number, total?: number): string {
  const [unit, name] = Math.max(done, total ?? 0) < 10 * GIB ? [MIB, 'MiB'] : [GIB, 'GiB']
  const figures = [done, total].filter(bytes => bytes !== undefined).map(bytes => (bytes / unit).toFixed(1))
  return `${figures.join(' of ')} ${name}`
}

/** `45s`, `3m20s`, `2h05m` */
function duration(seconds: number): string {
  const whole = Math.round(seconds)
  const two = (count: number) => String(count).padStart(2, '0')
  if (whole < 60) return `${whole}s`
  if (whole < 3600) return `${Math.floor(whole / 60)}m${two(whole % 60)}s`
  return `${Math.floor(whole / 3600)}h${two(Math.floor((whole % 3600) / 60))}m`
}

/** What there is to send. */
export interface Whole {
  /** Bytes, where they are known. */
  readonly total?: number | undefined
  /** How much of it is read, 0 to 1, where bytes do not tell. */
  readonly share?: () => number
  /** What a line in a log begins with. */
  readonly label?: string
}

interface Sample {
  readonly time: number
  readonly done: number
  readonly share: number
}

/** Counts bytes and shows them: on a terminal all the time, in a file or a pipe twice a minute. */
export class Progress {
  readonly #terminal: Terminal
  readonly #whole: Whole
  readonly #now: () => number
  #done = 0
  #trouble: string | undefined
  #samples: Sample[] = []
  #shown: number
  #open = false

  constructor(terminal: Terminal, whole: Whole, now = () => performance.now()) {
    this.#terminal = terminal
    this.#whole = whole
    this.#now = now
    this.#shown = terminal.isTTY ? Number.NEGATIVE_INFINITY : now()
    this.#restart()
  }

  /** So many bytes went. */
  advance(bytes: number): void {
    this.#done += bytes
    this.#trouble = undefined
    this.#show()
  }

  /** So many bytes are there without being sent: they say nothing of the rate. */
  skip(bytes: number): void {
    this.#done += bytes
    this.#restart()
    this.#show()
  }

  /** So many bytes that went did not arrive, for this reason. */
  retract(bytes: number, trouble?: string): void {
    this.#done -= bytes
    this.#trouble = trouble
    this.#restart()
    this.#show()
  }

  /** What is there: `42%`, or `3.1 GiB` where nobody knows of how much. */
  get summary(): string {
    const { total } = this.#whole
    return total === undefined ? amount(this.#done) : `${Math.floor(100 * this.#share())}%`
  }

  /** Leaves the line as it is, so that what follows has a line of its own. */
  end(): void {
    if (!this.#open) return
    this.#terminal.write('\n')
    this.#open = false
  }

  #share(): number {
    const { total, share } = this.#whole
    if (share) return Math.min(1, share())
    return total ? this.#done / total : 1
  }

  /** What was before says nothing of the rate. */
  #restart(): void {
    this.#samples = []
    this.#sample()
  }

  #sample(): Sample {
    const sample = { time: this.#now(), done: this.#done, share: this.#share() }
    this.#samples.push(sample)
    return sample
  }

  #standing(): Standing {
    const last = this.#sample()
    while ((this.#samples[1]?.time ?? last.time) < last.time - WINDOW) this.#samples.shift()
    const first = this.#samples[0] ?? last
    const seconds = (last.time - first.time) / 1000
    const rate = seconds > 0 ? Math.max(0, last.done - first.done) / seconds : undefined
    const pace = seconds > 0 ? (last.share - first.share) / seconds : 0
    return {
      ...{ done: this.#done, total: this.#whole.total, share: last.share, rate, trouble: this.#trouble },
      left: pace > 0 ? (1 - last.share) / pace : undefined,
    }
  }

  #show(): void {
    const now = this.#now()
    const isWhole = this.#done === this.#whole.total
    if (now - this.#shown < (this.#terminal.isTTY ? PACE : LOG_PACE) && !(isWhole && this.#terminal.isTTY)) return
    this.#shown = now
    this.#write()
  }

  #write(): void {
    const line = progressLine(this.#standing())
    if (this.#terminal.isTTY) this.#terminal.write(`\r${line}\x1b[K`)
    else this.#terminal.write(`${[this.#whole.label, line.trimStart()].filter(Boolean).join(': ')}\n`)
    this.#open = this.#terminal.isTTY ?? false
  }
}
