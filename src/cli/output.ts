// What a command prints of its answer: a table, or lines.
import type { Answer } from './answer.ts'
import type { Column, LineOutput, RequestCommand, TableOutput } from './command.ts'
import { ownerNames } from './identity.ts'
import { type Ec2Parameters, flatten, type Session } from './query.ts'
import { formatTable, printable } from './table.ts'

/** As wide as econe's tables were. */
const RULE = 78

/** The lines to print of an answer (of all its pages) and of what was asked. */
export async function outputOf(
  { output }: RequestCommand,
  session: Session,
  pages: readonly Answer[],
  parameters: Ec2Parameters,
  headers: boolean,
): Promise<string[]> {
  return 'rows' in output ? tableOf(output, session, pages, headers) : linesOf(output, pages, parameters)
}

async function tableOf(
  { rows: path, columns, rule = RULE }: TableOutput,
  session: Session,
  pages: readonly Answer[],
  headers: boolean,
): Promise<string[]> {
  const rows = pages.flatMap(page => page.all(path))
  const named = rows.length > 0 && columns.some(({ owner }) => owner)
  const nameOf = named ? await ownerNames(session) : (owner: string) => owner
  const cell = (row: Answer, { of, owner }: Column) => {
    const text = typeof of === 'string' ? row.text(of) : of(row)
    return owner ? nameOf(text) : text
  }
  const cells = rows.map(row => columns.map(column => cell(row, column)))
  return formatTable(columns, cells, headers ? rule : undefined)
}

function linesOf({ each, lines }: LineOutput, pages: readonly Answer[], parameters: Ec2Parameters): string[] {
  const elements = each === undefined ? pages : pages.flatMap(page => page.all(each))
  return elements.flatMap(element => lines.map(line => filledIn(line, element, parameters)))
}

function filledIn(line: string, element: Answer, parameters: Ec2Parameters): string {
  return line.replace(/\{([^}]+)\}/g, (_, name: string) => {
    const text = /^[A-Z]/.test(name) ? asked(name, parameters) : element.text(name)
    return printable(text.trimEnd(), 'many lines') || '-'
  })
}

function asked(name: string, parameters: Ec2Parameters): string {
  return Object.values(flatten({ [name]: parameters[name] ?? [] })).join(', ')
}
