// What is to happen, the earliest first.

/** The end of an object's transient state, at `at` (ms since the epoch). A task whose ticket is no longer its object's is out of
 *  date. For a security group that a VM has left, the ticket is the VM. */
export interface Task {
  at: number
  kind: string
  id: number
  ticket: number
}

interface Entry {
  task: Task
  /** Tasks of the same time are done in the order in which they were scheduled. */
  order: number
}

const isEarlier = (one: Entry, other: Entry): boolean =>
  one.task.at === other.task.at ? one.order < other.order : one.task.at < other.task.at

/** A binary heap: thousands of VMs boot at a time. */
export class TaskHeap {
  #entries: Entry[] = []
  #order = 0

  first(): Task | undefined {
    return this.#entries[0]?.task
  }

  push(task: Task): void {
    const entries = this.#entries
    const entry = { task, order: this.#order++ }
    let at = entries.length
    for (let parent = (at - 1) >> 1; at > 0; parent = (at - 1) >> 1) {
      const above = entries[parent]
      if (!above || isEarlier(above, entry)) break
      entries[at] = above
      at = parent
    }
    entries[at] = entry
  }

  pop(): Task | undefined {
    const entries = this.#entries
    const first = entries[0]
    const last = entries.pop()
    if (!last || entries.length === 0) return first?.task
    let at = 0
    for (let child = this.#earlierChild(at); child !== undefined; child = this.#earlierChild(at)) {
      const below = entries[child]
      if (!below || !isEarlier(below, last)) break
      entries[at] = below
      at = child
    }
    entries[at] = last
    return first?.task
  }

  clear(): void {
    this.#entries = []
  }

  inOrder(): Task[] {
    return this.#entries.toSorted((one, other) => (isEarlier(one, other) ? -1 : 1)).map(({ task }) => task)
  }

  #earlierChild(at: number): number | undefined {
    const [left, right] = [this.#entries[2 * at + 1], this.#entries[2 * at + 2]]
    if (!left) return undefined
    return right && isEarlier(right, left) ? 2 * at + 2 : 2 * at + 1
  }
}
