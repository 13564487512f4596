// A pool: all objects of one kind.
import type { Entity, Kind } from './model.ts'

/** Objects of one kind by id; ids are never used twice. */
export class Pool<T extends Entity> {
  readonly kind: Kind
  #objects = new Map<number, T>()
  #next: number
  readonly #first: number

  constructor(kind: Kind, first = 0) {
    this.kind = kind
    this.#first = first
    this.#next = first
  }

  add(make: (id: number) => T): T {
    const object = make(this.#next)
    this.#objects.set(object.id, object)
    this.#next = Math.max(this.#next, object.id + 1)
    return object
  }

  get(id: number): T | undefined {
    return this.#objects.get(id)
  }

  find(is: (object: T) => boolean): T | undefined {
    for (const object of this.#objects.values()) if (is(object)) return object
    return undefined
  }

  remove(id: number): void {
    this.#objects.delete(id)
  }

  /** Removes an object whose making failed: nobody saw its id, the next one gets it. */
  withdraw(id: number): void {
    this.remove(id)
    if (id === this.#next - 1) this.#next = id
  }

  all(): T[] {
    return [...this.#objects.values()]
  }

  newestFirst(): T[] {
    return this.all().reverse()
  }

  clear(): void {
    this.#objects.clear()
    this.#next = this.#first
  }

  save(): { next: number; objects: T[] } {
    return { next: this.#next, objects: this.all() }
  }

  load(state: { next: number; objects: T[] }): void {
    this.#objects = new Map(state.objects.map(object => [object.id, object]))
    this.#next = state.next
  }
}
