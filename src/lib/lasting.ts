// Objects that are kept and come again in other requests: what follows from one is worth keeping with it.

const lasting = new WeakSet()

/** Says of an object that it will come again. It is shared from now on, and never changed. */
export const makeLast = (object: object): void => {
  lasting.add(object)
}

export const isLasting = (object: object): boolean => lasting.has(object)
