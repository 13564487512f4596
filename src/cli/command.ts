// What a row of a command table can say: all that is needed to explain and to parse a command, and of one of EC2's to send
// its request and to print the answer.
import type { Answer } from './answer.ts'
import type { Arguments } from './arguments.ts'
import type { Ec2Parameters, Session } from './query.ts'

/** How words of the command line become parameters: the name of one, or a function where one name is not enough. */
export type Filler = string | ((values: readonly string[]) => Ec2Parameters)

/** An option, of one command or of several. Without `value` it is a flag. */
export interface Option {
  readonly name: string
  readonly short?: string
  /** What stands for the value in the help, such as `TYPE`. */
  readonly value?: string
  readonly about: string
  readonly initial?: string
  readonly required?: boolean
  /** May be given more than once. */
  readonly many?: boolean
}

/** A word of the command line that is not an option. */
export interface Operand {
  /** As the help shows it, such as `IMAGE-ID`. */
  readonly name: string
  readonly about: string
  readonly optional?: boolean
  /** Takes all that follow, separated by spaces or commas. */
  readonly many?: boolean
}

/** What a command takes, and what is said of it. */
export interface Explained {
  readonly name: string
  /** What it does, in one line. */
  readonly purpose: string
  readonly details?: string
  readonly operands: readonly Operand[]
  readonly options: readonly Option[]
}

/** What is explained, and the explanation. */
export type Entry = readonly [name: string, about: string]

/** Entries of a page of help under a title. */
export interface Section {
  readonly title: string
  readonly entries: readonly Entry[]
}

/** What a page of help begins and ends with, whether it is about one command or about one of several verbs. */
export interface Framed extends Pick<Explained, 'name' | 'purpose' | 'details'> {
  /** Words that the command prints, explained. */
  readonly terms?: Section
  /** A session of the shell: lines that start with `$ ` are commands, the others what they print. */
  readonly example: string
}

/** An option that ends up in the request. */
export interface RequestOption extends Option {
  readonly fills: Filler
}

/** An operand that ends up in the request. */
export interface RequestOperand extends Operand {
  readonly fills: Filler
}

/** A column of a table. `of` is a path in the answer (see {@link Answer.text}) or a function of the row. */
export interface Column {
  readonly head: string
  /** Least width in characters, without the space after it. */
  readonly width: number
  readonly of: string | ((row: Answer) => string)
  /** The column holds account ids, to be shown as user names where they are known. */
  readonly owner?: boolean
}

/** A table: one row for each element at the path `rows`; `rule` is the least length of the dashes under the header. */
export interface TableOutput {
  readonly rows: string
  readonly columns: readonly Column[]
  readonly rule?: number
}

/**
 * Lines of text, once or for each element at the path `each`. `{imageId}` stands for that element of the answer,
 * `{ImageId}` for that parameter of the request: EC2 itself tells them apart by the first letter.
 */
export interface LineOutput {
  readonly each?: string
  readonly lines: readonly string[]
}

/** A command that asks for an action of EC2. */
export interface RequestCommand extends Explained, Framed {
  /** EC2 action; one that starts with `Describe` is asked for page after page. */
  readonly action: string
  readonly operands: readonly RequestOperand[]
  readonly options: readonly RequestOption[]
  readonly output: TableOutput | LineOutput
  /** Sends the request where something has to be asked first. */
  readonly send?: (session: Session, parameters: Ec2Parameters) => Promise<Answer>
}

/** A command that is more than one request. */
export interface OwnCommand extends Explained, Framed {
  /** Does all of it; gives the lines to print. */
  readonly run: (session: Session, given: Arguments) => Promise<string[]>
}

export type Command = RequestCommand | OwnCommand
