// JSON as policies are written in it: what JSON.parse passes over, a member that is there twice, is said.

/** @returns the value; @throws SyntaxError for what is no JSON, and where an object has a member twice */
export function parseStrictly(text: string): unknown {
  const value: unknown = JSON.parse(text)
  const open: Set<string>[] = []
  // Sound JSON: a string before a colon is the name of a member, and every other token is passed over
  for (const [token, name] of text.matchAll(/("(?:[^"\\]|\\.)*")(?=\s*:)|"(?:[^"\\]|\\.)*"|[{}]/gs)) {
    if (token === '{') open.push(new Set())
    else if (token === '}') open.pop()
    else if (name !== undefined) addTo(open.at(-1), String(JSON.parse(name)))
  }
  return value
}

function addTo(members: Set<string> | undefined, name: string): void {
  if (members?.has(name)) throw new SyntaxError(`'${name}' is there twice`)
  members?.add(name)
}
