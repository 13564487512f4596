// How long a file may be, and which may be longer.

export const MOST_LINES = 300

/** Files of src that may be longer, each with the reason. */
export const MAY_BE_LONGER: Readonly<Record<string, string>> = {
  'ec2/actions.ts': 'a plain table: all actions',
  'console/texts.ts': 'a plain table: all texts',
  'limits.ts': 'the table of all limits',
  'ec2/model/ec2.ts': 'generated',
}

/**
 * What is wrong with the lengths of files, a line each: files that are too long, and those that may be longer for no reason any more.
 *
 * @param files texts by path
 * @param mayBeLonger reasons by path
 */
export function lengthFindings(
  files: ReadonlyMap<string, string>,
  mayBeLonger: Readonly<Record<string, string>> = MAY_BE_LONGER,
): string[] {
  const lines = new Map([...files].map(([file, text]) => [file, text.split('\n').length - 1]))
  const long = [...lines].filter(([, length]) => length > MOST_LINES)
  const unexcused = long.filter(([file]) => !(file in mayBeLonger)).sort(([, one], [, other]) => other - one)
  const idle = Object.keys(mayBeLonger).filter(file => !long.some(([name]) => name === file))
  return [
    ...unexcused.map(([file, length]) => `${file}: ${length} lines, more than ${MOST_LINES}`),
    ...idle.map(file => `${file}: needs no reason to be longer than ${MOST_LINES} lines`),
  ]
}
