// Lines of the log: one of JSON for each event, with nothing in it that is secret or a caller's own words.

/** A line about anything; `undefined` members are left out. What failed on our side or upstream is an error. */
export function log(event: string, members: object, failed = false): void {
  const line = JSON.stringify({ event, ...members })
  if (failed) console.error(line)
  else console.log(line)
}

/** An error whose message is in our own words, and may stand in the log as it is. */
export class OwnWords extends Error {}
