// Parameters of calls, and what their answers say. Nothing of it needs a machine: tests inside workerd use it as well.

export type Parameters = Readonly<Record<string, string>>

/** `InstanceId.1`, `InstanceId.2` and so on. */
export const numbered = (name: string, values: readonly string[]): Parameters =>
  Object.fromEntries(values.map((value, index) => [`${name}.${index + 1}`, value]))

/** What the elements of this name hold, each text once. */
export const elements = (text: string, name: string): string[] => [
  ...new Set(text.matchAll(new RegExp(`<${name}>([^<]*)</${name}>`, 'g')).map(([, value = '']) => value)),
]

/** Polls until something is true; fails after two minutes. */
export async function until(what: string, probe: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 120_000
  while (!(await probe())) {
    if (Date.now() > deadline) throw new Error(`${what} did not happen within two minutes`)
    await new Promise(resolve => setTimeout(resolve, 25))
  }
}
