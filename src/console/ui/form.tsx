// A form made of fields: every one with its label, its hint, and what is wrong with it.
import { useEffect, useId } from 'hono/jsx/dom'
import { texts } from '../texts.ts'
import { NotLoaded, useChoices } from './choices.tsx'
import {
  type CheckField,
  type ChoiceField,
  type Field,
  type Fields,
  type FileField,
  type ManyField,
  type Row,
  type RowsField,
  rowsOf,
  type TextField,
  textOf,
  type Value,
  type Values,
} from './fields.ts'
import type { Element } from './types.ts'

/** What is wrong, by the names of fields. */
export type Mistakes = Readonly<Record<string, string>>

/** The fields that are asked for, as things are. */
export const asked = (fields: Fields, values: Values): [name: string, field: Field][] =>
  Object.entries(fields).filter(([, { when }]) => when?.(values) ?? true)

/** What is wrong with the values of a form. */
export function mistakesIn(fields: Fields, values: Values): Mistakes {
  const found = asked(fields, values).flatMap(([name, field]): [string, string][] => {
    const mistake = mistakeIn(field, values[name] ?? '', values)
    return mistake === undefined ? [] : [[name, mistake]]
  })
  return Object.fromEntries(found)
}

function mistakeIn(field: Field, value: Value, values: Values): string | undefined {
  const isEmpty = value === '' || (Array.isArray(value) && value.length === 0)
  if (field.required && isEmpty) return texts.form.required
  if (field.kind === 'text' && field.type === 'number' && !isEmpty) {
    const { least = -Infinity, most = Infinity } = field
    if (!/^-?\d+$/.test(textOf(value))) return texts.form.wholeNumber
    if (Number(value) < least || Number(value) > most) return texts.form.between(least, most)
  }
  return field.check?.(values)
}

interface FormProps {
  readonly fields: Fields
  readonly values: Values
  readonly mistakes: Mistakes
  /** Takes a change of the values as they are by then: two fields may change before either is drawn. */
  readonly change: (changed: (values: Values) => Values) => void
}

export function FormFields({ fields, values, mistakes, change }: FormProps): Element {
  return (
    <div class="fields">
      {asked(fields, values).map(([name, field]) => (
        <FormField
          key={name}
          field={field}
          value={values[name] ?? field.initial}
          values={values}
          mistake={mistakes[name]}
          change={value => change(before => ({ ...before, [name]: value }))}
        />
      ))}
    </div>
  )
}

interface FieldProps<F extends Field = Field> {
  readonly field: F
  readonly value: Value
  readonly values: Values
  readonly mistake?: string | undefined
  readonly change: (value: Value) => void
}

/** What ties an input to what is said of it. */
interface Ties {
  readonly id: string
  readonly 'aria-describedby': string | undefined
  readonly 'aria-invalid': boolean | undefined
  readonly 'aria-required': boolean | undefined
}

function FormField(props: FieldProps): Element {
  const { field, mistake } = props
  const id = useId()
  const [hintId, mistakeId] = [`${id}-hint`, `${id}-mistake`]
  const describedBy = [field.hint && hintId, mistake && mistakeId].filter(Boolean).join(' ')
  const ties: Ties = {
    id,
    'aria-describedby': describedBy || undefined,
    'aria-invalid': mistake ? true : undefined,
    'aria-required': field.required || undefined,
  }
  const isGroup = field.kind === 'many' || field.kind === 'rows'
  const label = (
    <>
      {field.label}
      {!field.required && field.kind !== 'check' && <span class="optional"> {texts.form.optional}</span>}
    </>
  )
  const notes = (
    <>
      {field.hint && (
        <p class="hint" id={hintId}>
          {field.hint}
        </p>
      )}
      {mistake && (
        <p class="mistake" id={mistakeId}>
          {mistake}
        </p>
      )}
    </>
  )
  if (isGroup) {
    return (
      <fieldset class="field" aria-describedby={ties['aria-describedby']}>
        <legend>{label}</legend>
        <Input {...props} ties={ties} />
        {notes}
      </fieldset>
    )
  }
  return field.kind === 'check' ? (
    <div class="field check">
      <Input {...props} ties={ties} />
      <label htmlFor={id}>{label}</label>
      {notes}
    </div>
  ) : (
    <div class="field">
      <label htmlFor={id}>{label}</label>
      <Input {...props} ties={ties} />
      {notes}
    </div>
  )
}

type InputProps<F extends Field = Field> = FieldProps<F> & { readonly ties: Ties }

function Input({ field, ...props }: InputProps): Element {
  switch (field.kind) {
    case 'text':
      return <TextInput field={field} {...props} />
    case 'file':
      return <FileInput field={field} {...props} />
    case 'choice':
      return <ChoiceInput field={field} {...props} />
    case 'many':
      return <ManyInput field={field} {...props} />
    case 'check':
      return <CheckInput field={field} {...props} />
    case 'rows':
      return <RowsInput field={field} {...props} />
  }
}

/** What an input has after something happened to it. */
const valueIn = ({ target }: Event): string =>
  target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement
    ? target.value
    : ''

const isTickedIn = ({ target }: Event): boolean => target instanceof HTMLInputElement && target.checked

function TextInput({ field, value, change, ties }: InputProps<TextField>): Element {
  const { type = 'text', lines, least, most, placeholder } = field
  const shared = { ...ties, value: textOf(value), placeholder, onInput: (event: Event) => change(valueIn(event)) }
  return lines ? (
    <textarea {...shared} rows={lines} spellcheck={false} />
  ) : (
    <input {...shared} type={type} min={least} max={most} autocomplete="off" spellcheck={false} />
  )
}

function FileInput({ field, change, ties }: InputProps<FileField>): Element {
  const read = async ({ target }: Event) => {
    const [chosen] = target instanceof HTMLInputElement ? (target.files ?? []) : []
    change(chosen && chosen.size <= field.most ? await chosen.text() : '')
  }
  return <input {...ties} type="file" onChange={event => void read(event)} />
}

function CheckInput({ value, change, ties }: InputProps<CheckField>): Element {
  return <input {...ties} type="checkbox" checked={value === true} onChange={event => change(isTickedIn(event))} />
}

function ChoiceInput({ field, value, values, change, ties }: InputProps<ChoiceField>): Element {
  const { choices, error, retry } = useChoices(field, values, ties.id)
  const isOffered = value === '' ? field.none !== undefined : (choices?.some(each => each.value === value) ?? true)
  useEffect(() => {
    // What cannot be chosen any more, or was not chosen yet
    if (choices && !isOffered) change(field.none === undefined ? (choices[0]?.value ?? '') : '')
  }, [choices, isOffered])
  const waits = error === undefined ? texts.ui.loading : (field.none ?? '')
  return (
    <>
      <select {...ties} value={textOf(value)} onChange={event => change(valueIn(event))} disabled={!choices}>
        {!choices && <option value={textOf(value)}>{waits}</option>}
        {choices && field.none !== undefined && <option value="">{field.none}</option>}
        {choices?.length === 0 && field.none === undefined && <option value="">{texts.form.nothing}</option>}
        {choices?.map(each => (
          <option key={each.value} value={each.value}>
            {each.label}
          </option>
        ))}
      </select>
      {error !== undefined && <NotLoaded error={error} retry={retry} />}
    </>
  )
}

function ManyInput({ field, value, values, change, ties }: InputProps<ManyField>): Element {
  const { choices, error, retry } = useChoices(field, values, ties.id)
  const ticked = Array.isArray(value) ? value.filter(each => typeof each === 'string') : []
  const toggle = (name: string) =>
    change(ticked.includes(name) ? ticked.filter(each => each !== name) : [...ticked, name])
  if (error !== undefined) return <NotLoaded error={error} retry={retry} />
  if (!choices) return <p class="hint">{texts.ui.loading}</p>
  if (choices.length === 0) return <p class="hint">{texts.form.nothing}</p>
  return (
    <div class="many" id={ties.id} tabIndex={-1}>
      {choices.map(each => (
        <label key={each.value}>
          <input type="checkbox" checked={ticked.includes(each.value)} onChange={() => toggle(each.value)} />{' '}
          {each.label}
        </label>
      ))}
    </div>
  )
}

function RowsInput({ field, value, change, values }: InputProps<RowsField>): Element {
  const all = rowsOf(value)
  const put = (index: number, name: string, cell: Value) =>
    change(
      all.map((row, at) => (at === index && !Array.isArray(cell) ? { ...row, [name]: cell as string | boolean } : row)),
    )
  const names = Object.entries(field.fields)
  const fresh: Row = Object.fromEntries(names.map(([name, { initial }]) => [name, initial]))
  return (
    <div class="rows">
      {all.map((row, index) => (
        <div class="row" key={index}>
          {names.map(([name, cell]) => (
            <FormField
              key={name}
              field={cell}
              value={row[name] ?? ''}
              values={{ ...values, ...row }}
              change={changed => put(index, name, changed)}
            />
          ))}
          <button type="button" class="small" onClick={() => change(all.filter((_, at) => at !== index))}>
            {texts.form.remove}
          </button>
        </div>
      ))}
      <button type="button" class="small" onClick={() => change([...all, fresh])}>
        {field.add}
      </button>
    </div>
  )
}
