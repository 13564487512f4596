// Writes what of the documentation follows from the code: `npm run docs`. A test finds out when it was forgotten.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { SECRETS } from '../src/config/names.ts'
import { sharing } from '../src/config/regions.ts'
import { groups } from '../src/ec2/actions.ts'
import type { AnyAction } from '../src/ec2/core/action.ts'
import { type AttributeRow, attributes, type FormRow, forms, type Place } from '../src/ec2/core/attributes.ts'
import { type Limit, limits } from '../src/limits.ts'
import { capabilities } from '../src/opennebula/calls/methods.ts'
import { type Answer, catalogue, type ErrorCode } from '../src/protocol/errors.ts'
import { type S3Code, s3Catalogue } from '../src/s3/errors.ts'
import { coverageOf } from './coverage.ts'
import { bindings, type Meaning, variables } from './variables.ts'

const AMOUNT = new Intl.NumberFormat('en')

const code = (text: string) => `\`${text}\``
const table = (head: string, ...rows: readonly string[]) => [head, head.replaceAll(/[^|]+/g, '---'), ...rows]

/** A limit that is answered, is so with a code of a catalogue. */
type AnsweredLimit = Limit & { readonly code?: ErrorCode | S3Code }

const limitRow = ({ what, most, unit, from, code: error }: AnsweredLimit) =>
  `| ${what} | ${AMOUNT.format(most)}${unit ? ` ${unit}` : ''} | ${from} | ${error ? code(error) : '–'} |`

const limitsPage = (): string[] => [
  '# Limits',
  '',
  'Whoever asks for more is answered with the [error](errors.md) of the last column; where there is none, the limit',
  'bounds the work of the service itself. `src/limits.ts` is the table that the code reads, and this page is written from it.',
  '',
  ...table('| what | most | from | answered with |', ...Object.values<AnsweredLimit>(limits).map(limitRow)),
]

type Group = readonly [name: string, answers: Readonly<Record<string, Answer>>]

const errorSection = ([group, answers]: Group, level = '##'): string[] => [
  `${level} ${group.charAt(0).toUpperCase()}${group.slice(1)}`,
  '',
  ...table(
    '| code | status | when |',
    ...Object.entries(answers).map(([name, { when, status = 400 }]) => `| ${code(name)} | ${status} | ${when} |`),
  ),
  '',
]

const errorsPage = (): string[] => [
  '# Errors',
  '',
  'Every code that is answered, with its HTTP status. The message names the parameter and the value. What has a status',
  'of 500 or more may be tried again, and SDKs do so by themselves; what has a lower one is refused until something is',
  "different. The codes are AWS's [own](https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html).",
  '`src/protocol/errors.ts` is the table that the code reads, and this page is written from it.',
  '',
  ...Object.entries(catalogue).flatMap(group => errorSection(group)),
  '## The S3 door',
  '',
  "It has errors of its own: S3's [codes](https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html), in S3's form.",
  '`src/s3/errors.ts` is their table.',
  '',
  ...Object.entries(s3Catalogue)
    .flatMap(group => errorSection(group, '###'))
    .slice(0, -1),
]

const meaningRow = (name: string, { what, otherwise }: Meaning, region: string) =>
  `| ${name} | ${what} | ${otherwise ?? 'required'} | ${region} |`

/** What further regions have of a variable. */
const SHARING = { each: 'its own', any: 'its own or this', all: 'this' } as const

const isSecret = (name: string) => SECRETS.some(secret => secret === name)

const configurationPage = (): string[] => [
  '# Configuration',
  '',
  'Variables stand under `[vars]` in `wrangler.toml`; secrets are put by `npx wrangler secret put NAME`. `npx econe-check`',
  'says what is wrong with them. Where there are [several regions](regions.md), the last column says what the others have: their own,',
  'called the same with the name of the region behind it (`ZONES_SOUTH`), or what the first has. This page is written from',
  '`docs/variables.ts`.',
  '',
  ...table(
    '| name | meaning | default | other regions |',
    ...Object.entries<Meaning>(variables).map(([name, meaning]) =>
      meaningRow(`${code(name)}${isSecret(name) ? ' (secret)' : ''}`, meaning, SHARING[sharing(name)]),
    ),
    ...Object.entries(bindings).map(([name, meaning]) =>
      meaningRow(name, meaning, name.startsWith('`ONE`') ? SHARING.each : SHARING.all),
    ),
  ),
]

/** The rows of the list of actions, by what they are about. */
const areas = Object.entries<Readonly<Record<string, AnyAction>>>(groups)

function actionSection([name, { honours, harmless = {}, bygone = {}, form }]: readonly [string, AnyAction]): string[] {
  const taken = form
    ? "econe's own: a form (`multipart/form-data`) with the file, and nothing else."
    : 'It takes nothing.'
  const values = Object.entries(harmless).map(
    ([member, allowed = []]) => `${code(member)} (${allowed.map(value => code(String(value))).join(', ')})`,
  )
  return [
    `### ${name}`,
    '',
    honours.length > 0 ? `Honoured: ${honours.map(code).join(', ')}.` : taken,
    ...(values.length > 0 ? ['', `Only with what is the case anyway: ${values.join(', ')}.`] : []),
    ...Object.entries(bygone).flatMap(([name, last]) => ['', `Passed by until version ${last}: ${code(name)}.`]),
    '',
  ]
}

function coverageRow([name, row]: readonly [string, AnyAction]): string {
  const link = `[${name}](#${name.toLowerCase()})`
  const coverage = coverageOf(name, row)
  if (coverage.served === 'full') return `| ${link} | full | |`
  if (coverage.served === 'static') return `| ${link} | static | ${coverage.answer} |`
  const { harmless = {} } = row
  const without = coverage.without.map(path => {
    const allowed = harmless[path]?.map(value => (value === '' ? 'empty' : code(String(value)))).join(', ')
    return `${code(path)}${allowed === undefined ? '' : ` (only ${allowed})`}`
  })
  return `| ${link} | partial | without ${without.join(', ')} |`
}

const actionsPage = (): string[] => [
  '# Actions',
  '',
  'What is served, and what becomes of each member of its input. Honoured is what is done and shown again, with all that',
  'is inside it; some members are taken with the values alone that ask for what is the case anyway. Any other member',
  'that AWS knows is refused by its name with `UnsupportedOperation`, and so is any other action. Every action has',
  '`DryRun`. `src/ec2/actions.ts` is the table that the code reads, and this page is written from it.',
  '',
  '## All of them',
  '',
  'Full: every member of the input is honoured. Partial: but for those of the last column, some of which are taken with',
  'the values behind them. Static: what is asked is checked as everywhere, and the answer is the same whatever there is.',
  '',
  ...table('| action | served | |', ...areas.flatMap(([, rows]) => Object.entries(rows).map(coverageRow))),
  '',
  ...areas.flatMap(([area, rows]) => [`## ${area}`, '', ...Object.entries(rows).flatMap(actionSection)]).slice(0, -1),
]

const places: Readonly<Record<Place, string>> = {
  vm: 'VM',
  disk: 'DISK of a VM',
  rule: 'RULE of a security group',
  context: 'CONTEXT of a VM',
  image: 'image',
  template: 'template',
  vn: 'network',
  secgroup: 'security group',
  user: 'user',
  document: 'document',
  vmgroup: 'VM group',
}

const attributeRow = ([name, { on, form, econe, since, what }]: readonly [string, AttributeRow]) =>
  `| ${code(name)} | ${on.map(place => places[place]).join(', ')} | ${form} | ${since} | ${what}${econe ? ` econe’s form is read too: ${econe}.` : ''} |`

const attributesPage = (): string[] => [
  '# Attributes',
  '',
  'What EC2 knows and OpenNebula does not stands in attributes of the OpenNebula object that it is about; `n` is the number',
  'of a disk or an interface. Who owns an object can write anything there: what cannot be read is as if it were absent, and',
  'no attribute is read or written that is not in this table. It has since when each is written; what econe wrote stays',
  'readable. `src/ec2/core/attributes.ts` is the table that the code reads, and this page is written from it.',
  '',
  ...table('| attribute | on | form | since | what |', ...Object.entries<AttributeRow>(attributes).map(attributeRow)),
  '',
  '## Forms',
  '',
  ...table(
    '| form | how it is written | characters |',
    ...Object.entries<FormRow>(forms).map(
      ([name, { how, most }]) => `| ${name} | ${how} | ${AMOUNT.format(most.most)} |`,
    ),
  ),
]

const releases = (): string[] =>
  table(
    '| OpenNebula | what needs it | methods |',
    ...capabilities.map(
      ({ since, what, methods }) => `| ${since} | ${what} | ${methods.map(code).join(', ') || '–'} |`,
    ),
  )

const served = (): string[] =>
  table(
    '| area | actions |',
    ...areas.map(([area, rows]) => {
      const names = Object.entries(rows).map(([name, { form }]) => (form ? `${name} (econe's own)` : name))
      return `| ${area} | ${names.join(', ')} |`
    }),
  )

const root = join(import.meta.dirname, '..')
const END = '<!-- end -->'

/** A page with what follows from a file, and stands between marks, written anew. */
function renewed(page: string, source: string, written: readonly string[]): string[] {
  const lines = readFileSync(join(root, page), 'utf8').trimEnd().split('\n')
  const begin = lines.indexOf(`<!-- from ${source} -->`)
  return [...lines.slice(0, begin + 1), ...written, ...lines.slice(lines.indexOf(END, begin))]
}

/** The pages as they are to be, by their paths. */
export const pages = (): Record<string, string> => ({
  'README.md': text(renewed('README.md', 'src/ec2/actions.ts', served())),
  'docs/actions.md': text(actionsPage()),
  'docs/attributes.md': text(attributesPage()),
  'docs/configuration.md': text(configurationPage()),
  'docs/errors.md': text(errorsPage()),
  'docs/limits.md': text(limitsPage()),
  'docs/opennebula.md': text(renewed('docs/opennebula.md', 'src/opennebula/calls/methods.ts', releases())),
})

const text = (lines: readonly string[]) => `${lines.join('\n')}\n`

if (import.meta.main) {
  for (const [name, page] of Object.entries(pages())) writeFileSync(join(root, name), page)
}
