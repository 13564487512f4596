// Writes what of the documentation follows from the code: `npm run docs`. A test finds out when it was forgotten.
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Limit, limits } from '../src/limits.ts'

const AMOUNT = new Intl.NumberFormat('en')

const row = ({ what, most, unit, from, code }: Limit) =>
  `| ${what} | ${AMOUNT.format(most)}${unit ? ` ${unit}` : ''} | ${from} | ${code ? `\`${code}\`` : '–'} |`

/** docs/limits.md, as it is to be. */
export const limitsPage = (): string =>
  [
    '# Limits',
    '',
    'Whoever asks for more is answered with the error of the last column; where there is none, the limit bounds the',
    'work of the service itself. `src/limits.ts` is the table that the code reads, and this page is written from it.',
    '',
    '| what | most | from | answered with |',
    '|---|---|---|---|',
    ...Object.values<Limit>(limits).map(row),
    '',
  ].join('\n')

if (import.meta.main) await writeFile(join(import.meta.dirname, 'limits.md'), limitsPage())
