// A value that changes, and whoever shows it.
import { useSyncExternalStore } from 'hono/jsx/dom'

export class Store<T> {
  #value: T
  readonly #watchers = new Set<() => void>()

  constructor(value: T) {
    this.#value = value
  }

  readonly get = (): T => this.#value

  set(value: T): void {
    this.#value = value
    for (const changed of [...this.#watchers]) changed()
  }

  /** @returns what ends it */
  readonly watch = (changed: () => void): (() => void) => {
    this.#watchers.add(changed)
    return () => this.#watchers.delete(changed)
  }
}

/** The value as it is now; a component that uses it is drawn anew when it changes. */
export const useStore = <T>(store: Store<T>): T => useSyncExternalStore(store.watch, store.get)
