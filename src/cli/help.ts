// What --help prints, from a command's row.

import type { Command, Option } from './command.ts'
import { COMMON_OPTIONS, spelled } from './options.ts'

/** Width of a line of help. */
const WIDTH = 100

/** What is explained, and the explanation. */
type Entry = readonly [name: string, about: string]

/** The help of one command: usage, what it does, operands, options, an example. */
export function helpOf(command: Command): string {
  const { operands, options, purpose, details, example } = command
  return [
    `Usage: ${usageOf(command)}`,
    '',
    ...wrap(`${purpose}.${details === undefined ? '' : ` ${details}`}`, WIDTH),
    '',
    ...sections({
      'Arguments:': operands.map(({ name, about }) => [name, about]),
      'Options:': options.map(optionEntry),
      'Options of every command:': COMMON_OPTIONS.map(optionEntry),
    }),
    'Example:',
    ...example.split('\n').map(line => `  ${line}`),
  ].join('\n')
}

/** The commands with what each does, one a line. */
export function listOf(commands: readonly Command[]): string {
  return [
    'Usage: econe COMMAND [OPTIONS] [ARGUMENTS], or COMMAND itself',
    '',
    ...sections({ 'Commands:': commands.map(({ name, purpose }) => [name, purpose]) }),
    'COMMAND --help says more.',
  ].join('\n')
}

function usageOf({ name, operands, options }: Command): string {
  const required = options
    .filter(option => option.required)
    .map(({ short, name, value }) => [short === undefined ? `--${name}` : `-${short}`, value].filter(Boolean).join(' '))
  const words = operands.map(({ name, many, optional }) => {
    const word = many ? `${name}…` : name
    return optional ? `[${word}]` : word
  })
  return [name, '[OPTIONS]', ...required, ...words].join(' ')
}

function optionEntry(option: Option): Entry {
  const { short, value, about, initial } = option
  const name = short === undefined ? `    ${spelled(option)}` : spelled(option).replace('/', ', ')
  return [[name, value].filter(Boolean).join(' '), initial === undefined ? about : `${about} (default: ${initial})`]
}

/** Entries under titles, all explanations in one column. */
function sections(entries: Readonly<Record<string, readonly Entry[]>>): string[] {
  const names = Object.values(entries).flatMap(list => list.map(([name]) => name.length))
  const indent = Math.max(...names) + 4
  const explained = ([name, about]: Entry) =>
    wrap(about, WIDTH - indent).map((line, index) => `  ${index === 0 ? name : ''}`.padEnd(indent) + line)
  return Object.entries(entries).flatMap(([title, list]) =>
    list.length === 0 ? [] : [title, ...list.flatMap(explained), ''],
  )
}

function wrap(text: string, width: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line && line.length + 1 + word.length > width) {
      lines.push(line)
      line = word
    } else {
      line = line ? `${line} ${word}` : word
    }
  }
  return [...lines, line]
}
