// Objects that are kept and come again in other requests: what follows from one is worth keeping with it.

const lasting = new WeakMap<object, boolean>()

/**
 * Says of an object that it will come again. It is shared from now on, and never changed.
 * @param withText whether that is worth it to keep how it is written, which is as long as all the rest
 */
export const makeLast = (object: object, withText = true): void => {
  lasting.set(object, withText)
}

export const isLasting = (object: object): boolean => lasting.has(object)

export const lastsWithText = (object: object): boolean => lasting.get(object) === true
