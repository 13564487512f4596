// Time in the sandbox: what is to happen later is plain data (it survives a restart), driven by timers or by hand.
import { type Task, TaskHeap } from './task-heap.ts'

export interface ClockState {
  now: number
  tasks: Task[]
}

export class Clock {
  readonly manual: boolean
  readonly #run: (task: Task) => void
  #now = Date.now()
  readonly #tasks = new TaskHeap()
  #timer: NodeJS.Timeout | undefined

  /** With `manual`, time stands still but for `advance`. */
  constructor(manual: boolean, run: (task: Task) => void) {
    this.manual = manual
    this.#run = run
  }

  /** Milliseconds since the epoch. */
  now(): number {
    return this.manual ? this.#now : Date.now()
  }

  /** Seconds since the epoch, as in OpenNebula's documents. */
  seconds(): number {
    return Math.floor(this.now() / 1000)
  }

  schedule(delay: number, task: Omit<Task, 'at'>): void {
    this.#tasks.push({ ...task, at: this.now() + delay })
    this.#arm()
  }

  /** Moves a manual clock on and does everything that falls due on the way, at its own time. */
  advance(ms: number): void {
    if (!this.manual) throw new Error('Only a manual clock can be advanced')
    const until = this.#now + ms
    for (let task = this.#due(until); task; task = this.#due(until)) {
      this.#now = Math.max(this.#now, task.at)
      this.#run(task)
    }
    this.#now = until
  }

  save(): ClockState {
    return { now: this.now(), tasks: this.#tasks.inOrder() }
  }

  /** Takes a saved clock over; with timers, what was to come is as far away as it was then. */
  load(state: ClockState): void {
    this.#now = state.now
    const shift = this.now() - state.now
    this.#tasks.clear()
    for (const task of state.tasks) this.#tasks.push({ ...task, at: task.at + shift })
    this.#arm()
  }

  /** Forgets what was to happen. */
  stop(): void {
    clearTimeout(this.#timer)
    this.#tasks.clear()
  }

  #due(until: number): Task | undefined {
    return (this.#tasks.first()?.at ?? Number.POSITIVE_INFINITY) <= until ? this.#tasks.pop() : undefined
  }

  #arm(): void {
    if (this.manual) return
    clearTimeout(this.#timer)
    const next = this.#tasks.first()
    if (next) this.#timer = setTimeout(() => this.#tick(), Math.max(0, next.at - Date.now())).unref()
  }

  #tick(): void {
    const now = Date.now()
    for (let task = this.#due(now); task; task = this.#due(now)) this.#run(task)
    this.#arm()
  }
}
