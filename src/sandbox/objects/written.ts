// What was written of objects, kept until they change: a page of 10,000 VMs costs next to nothing the second time.

const written = new WeakMap<object, Map<string, string>>()

/** The object's document in one of its forms, written anew only when the object has changed. */
export function writtenOnce(object: object, form: string, write: () => string): string {
  const forms = written.get(object) ?? new Map<string, string>()
  written.set(object, forms)
  const text = forms.get(form) ?? write()
  forms.set(form, text)
  return text
}

/** To be called whenever the object has changed. */
export function forgetWritten(object: object): void {
  written.delete(object)
}
