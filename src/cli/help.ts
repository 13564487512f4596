// What --help prints, from the rows of command tables.
import type { Entry, Explained, Framed, Operand, Option, Section } from './command.ts'
import { spelled } from './options.ts'

/** Width of a line of help. */
const WIDTH = 100

/** Options that several commands have. */
export interface SharedOptions {
  readonly title: string
  readonly options: readonly Option[]
  /** What is to be known of them together. */
  readonly note?: string
}

/** The help of one command: usage, what it does, operands, options, an example. */
export function helpOf(command: Explained & Framed, shared: SharedOptions): string {
  const { name, operands, options } = command
  const required = options.filter(option => option.required).map(optionWord)
  const sections = [
    { title: 'Arguments:', entries: operands.map(operandEntry) },
    { title: 'Options:', entries: options.map(optionEntry) },
  ]
  return page(
    [[name, '[OPTIONS]', ...required, ...operands.map(operandWord)]],
    command,
    shared,
    sections.filter(({ entries }) => entries.length > 0),
  )
}

/** The help of a command that does one of several things, each called by a verb: a section for each of them. */
export function helpOfVerbs(command: Framed, verbs: readonly Explained[], shared: SharedOptions): string {
  const usages = verbs.map(({ name, operands, options }) => [
    ...[command.name, name, ...operands.map(operandWord)],
    ...options.map(option => (option.required ? optionWord(option) : `[${optionWord(option)}]`)),
  ])
  const sections = verbs.map(verb => ({
    title: wrap(`${verb.name}: ${sentencesOf(verb)}`, WIDTH).join('\n'),
    entries: [...verb.operands.map(operandEntry), ...verb.options.map(optionEntry)],
  }))
  return page(usages, command, shared, sections)
}

/** The commands with what each does, one a line. */
export function listOf(commands: readonly Explained[]): string {
  return [
    'Usage: econe COMMAND [OPTIONS] [ARGUMENTS], or COMMAND itself',
    '',
    ...formatted([{ title: 'Commands:', entries: commands.map(({ name, purpose }) => [name, purpose]) }]),
    'COMMAND --help says more.',
  ].join('\n')
}

function page(
  usages: readonly (readonly string[])[],
  framed: Framed,
  { title, options, note }: SharedOptions,
  sections: readonly Section[],
): string {
  const { terms, example } = framed
  return [
    ...usages.flatMap(usageLines),
    '',
    ...wrap(sentencesOf(framed), WIDTH),
    '',
    ...formatted([...(terms ? [terms] : []), ...sections, { title, entries: options.map(optionEntry) }]),
    ...(note === undefined ? [] : [...wrap(note, WIDTH), '']),
    'Example:',
    ...example.split('\n').map(line => `  ${line}`),
  ].join('\n')
}

/** A usage, which goes on below what follows on the command's name. */
function usageLines([name = '', ...words]: readonly string[], index: number): string[] {
  const head = `${index === 0 ? 'Usage:' : '      '} ${name} `
  return filled(words, WIDTH - head.length).map((line, at) => (at === 0 ? head : ' '.repeat(head.length)) + line)
}

const sentencesOf = ({ purpose, details }: Pick<Explained, 'purpose' | 'details'>) =>
  `${purpose}.${details === undefined ? '' : ` ${details}`}`

/** As a usage has it: `[INSTANCE-ID…]`. */
function operandWord({ name, many, optional }: Operand): string {
  const word = many ? `${name}…` : name
  return optional ? `[${word}]` : word
}

/** As a usage has it: `-n NAME`. */
function optionWord({ short, name, value }: Option): string {
  return [short === undefined ? `--${name}` : `-${short}`, value].filter(Boolean).join(' ')
}

const operandEntry = ({ name, about }: Operand): Entry => [name, about]

function optionEntry(option: Option): Entry {
  const { short, value, about, initial } = option
  const name = short === undefined ? `    ${spelled(option)}` : spelled(option).replace('/', ', ')
  return [[name, value].filter(Boolean).join(' '), initial === undefined ? about : `${about} (default: ${initial})`]
}

/** Entries under their titles, all explanations in one column. */
function formatted(sections: readonly Section[]): string[] {
  const names = sections.flatMap(({ entries }) => entries.map(([name]) => name.length))
  const indent = Math.max(...names) + 4
  const explained = ([name, about]: Entry) =>
    wrap(about, WIDTH - indent).map((line, index) => `  ${index === 0 ? name : ''}`.padEnd(indent) + line)
  return sections.flatMap(({ title, entries }) => [title, ...entries.flatMap(explained), ''])
}

const wrap = (text: string, width: number): string[] => filled(text.split(' '), width)

/** Words in lines, none of them parted. */
function filled(words: readonly string[], width: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of words) {
    if (line && line.length + 1 + word.length > width) {
      lines.push(line)
      line = word
    } else {
      line = line ? `${line} ${word}` : word
    }
  }
  return [...lines, line]
}
