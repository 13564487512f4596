// What a form asks for, as data: its fields, and the values that they give.

/** One of several that can be chosen. */
export interface Choice {
  readonly value: string
  readonly label: string
}

/** Choices that are known, or that are asked for; those that follow from other fields are asked for anew with them. */
export type Choices = readonly Choice[] | ((values: Values) => Promise<readonly Choice[]>)

interface Common {
  readonly label: string
  readonly hint?: string
  readonly required?: boolean
  /** Whether it is asked for, where that follows from other fields. */
  readonly when?: (values: Values) => boolean
  /** What is wrong with the value in words; undefined where nothing is. */
  readonly check?: (values: Values) => string | undefined
}

export interface TextField extends Common {
  readonly kind: 'text'
  readonly initial: string
  readonly type?: 'text' | 'number' | 'password' | 'datetime-local'
  readonly least?: number
  readonly most?: number
  readonly placeholder?: string
  /** More than one line. */
  readonly lines?: number
}

/** The text of a file. */
export interface FileField extends Common {
  readonly kind: 'file'
  readonly initial: string
  /** Bytes that it may have. */
  readonly most: number
}

export interface ChoiceField extends Common {
  readonly kind: 'choice'
  readonly initial: string
  readonly choices: Choices
  /** Names of fields from whose values the choices follow. */
  readonly after?: readonly string[]
  /** What stands for no choice; where it is absent, the first choice is made. */
  readonly none?: string
}

/** Any number of choices. */
export interface ManyField extends Common {
  readonly kind: 'many'
  readonly initial: readonly string[]
  readonly choices: Choices
  readonly after?: readonly string[]
}

export interface CheckField extends Common {
  readonly kind: 'check'
  readonly initial: boolean
}

/** Any number of rows of the same fields. */
export interface RowsField extends Common {
  readonly kind: 'rows'
  readonly initial: readonly Row[]
  readonly fields: Readonly<Record<string, TextField | ChoiceField | CheckField>>
  /** What the button says that adds one. */
  readonly add: string
}

export type Row = Readonly<Record<string, string | boolean>>

export type Field = TextField | FileField | ChoiceField | ManyField | CheckField | RowsField

export type Fields = Readonly<Record<string, Field>>

export type Value = string | boolean | readonly string[] | readonly Row[]

/** The values of a form by the names of its fields. */
export type Values = Readonly<Record<string, Value>>

/** The values of these fields. */
export type ValuesOf<F extends Fields> = { readonly [Name in keyof F]: F[Name]['initial'] }

export const text = (label: string, options: Partial<Omit<TextField, 'kind'>> = {}): TextField => ({
  ...{ kind: 'text', label, initial: '' },
  ...options,
})

export const number = (label: string, initial: number, options: Partial<Omit<TextField, 'kind' | 'initial'>> = {}) =>
  text(label, { type: 'number', initial: String(initial), required: true, ...options })

export const file = (label: string, most: number, options: Partial<Omit<FileField, 'kind'>> = {}): FileField => ({
  ...{ kind: 'file', label, initial: '', most },
  ...options,
})

export const choice = (
  label: string,
  choices: Choices,
  options: Partial<Omit<ChoiceField, 'kind'>> = {},
): ChoiceField => ({
  ...{ kind: 'choice', label, choices, initial: options.none === undefined ? firstOf(choices) : '' },
  ...options,
})

/** The first choice, where they need not be asked for. */
const firstOf = (choices: Choices): string => (typeof choices === 'function' ? '' : (choices[0]?.value ?? ''))

export const many = (label: string, choices: Choices, options: Partial<Omit<ManyField, 'kind'>> = {}): ManyField => ({
  ...{ kind: 'many', label, choices, initial: [] },
  ...options,
})

export const check = (label: string, initial = false, options: Partial<Omit<CheckField, 'kind'>> = {}): CheckField => ({
  ...{ kind: 'check', label, initial },
  ...options,
})

export const rows = (
  label: string,
  add: string,
  fields: RowsField['fields'],
  options: Partial<Omit<RowsField, 'kind'>> = {},
): RowsField => ({ ...{ kind: 'rows', label, add, fields, initial: [] }, ...options })

/** Choices that are called as they are. */
export const plainly = (...values: readonly string[]): readonly Choice[] =>
  values.map(value => ({ value, label: value }))

/** A value that is text, whatever the form has. */
export const textOf = (value: Value | undefined): string => (typeof value === 'string' ? value : '')

/** A value that is rows, whatever the form has. */
export function rowsOf(value: Value | undefined): readonly Row[] {
  const all: readonly (string | Row)[] = typeof value === 'object' ? value : []
  return all.filter(each => typeof each === 'object')
}

/** What a form has before anybody changes it. */
export const initialValues = (fields: Fields): Values =>
  Object.fromEntries(Object.entries(fields).map(([name, { initial }]) => [name, initial]))
