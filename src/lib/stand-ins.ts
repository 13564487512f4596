// Objects that are kept by the thousand without what is in them, because that is seldom looked at.

/**
 * What stands for objects of a kind: whoever looks at one sees what it stands for, made anew unless it was looked at last.
 * @returns a function from an object, and how to make it again, to what stands for it
 */
export function standIns<T extends object>(): (object: T, again: () => T) => T {
  let last: { readonly standIn: T; readonly object: T } | undefined
  return (object, again) => {
    const real = (): T => {
      if (last?.standIn !== standIn) last = { standIn, object: again() }
      return last.object
    }
    const standIn: T = new Proxy<T>(Object.create(null) as T, {
      get: (_, name) => Reflect.get(real(), name),
      has: (_, name) => Reflect.has(real(), name),
      ownKeys: () => Reflect.ownKeys(real()),
      getOwnPropertyDescriptor: (_, name) => Reflect.getOwnPropertyDescriptor(real(), name),
    })
    last = { standIn, object }
    return standIn
  }
}
