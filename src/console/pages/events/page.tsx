// Events: who changed what, and what was refused; looked for by one attribute and a span of time.
import { useState } from 'hono/jsx/dom'
import type { Page } from '../../resource/page.tsx'
import { texts } from '../../texts.ts'
import { CommandLine } from '../../ui/copy.tsx'
import { choice, initialValues, text, textOf, type Values } from '../../ui/fields.ts'
import { FormFields, type Mistakes, mistakesIn } from '../../ui/form.tsx'
import { Empty, ErrorNotice } from '../../ui/notice.tsx'
import { href } from '../../ui/router.ts'
import type { Element } from '../../ui/types.ts'
import { ATTRIBUTES, lookupLine, type Question } from './lookup.ts'
import { EventDetails, FoundEvents } from './table.tsx'
import { useEvents } from './use-events.ts'

const words = texts.events

const fields = {
  attribute: choice(
    words.attribute,
    ATTRIBUTES.map(value => ({ value, label: words.attributes[value] })),
    { none: words.any },
  ),
  value: text(words.value, { required: true, when: ({ attribute }) => attribute !== '' }),
  from: text(words.from, { type: 'datetime-local' }),
  until: text(words.until, { type: 'datetime-local' }),
}

/** What a form asks for. Its times are in the visitor's zone. */
function questionOf({ attribute, value, from, until }: Values): Question {
  const AttributeKey = ATTRIBUTES.find(each => each === attribute)
  return {
    ...(AttributeKey && { LookupAttributes: [{ AttributeKey, AttributeValue: textOf(value).trim() }] }),
    ...(from && { StartTime: new Date(textOf(from)) }),
    ...(until && { EndTime: new Date(textOf(until)) }),
  }
}

function Events(): Element {
  const [values, setValues] = useState<Values>(initialValues(fields))
  const [mistakes, setMistakes] = useState<Mistakes>({})
  const [question, setQuestion] = useState<Question>({})
  const submit = () => {
    const found = mistakesIn(fields, values)
    setMistakes(found)
    if (Object.keys(found).length === 0) setQuestion(questionOf(values))
  }
  return (
    <>
      <header class="page">
        <h1>{words.title}</h1>
      </header>
      <form
        class="inline"
        noValidate
        onSubmit={event => {
          event.preventDefault()
          submit()
        }}
      >
        <FormFields fields={fields} values={values} mistakes={mistakes} change={setValues} />
        <button type="submit">{words.search}</button>
      </form>
      <FoundEvents question={question} />
    </>
  )
}

function OneEvent({ id }: { id: string }): Element {
  const question: Question = { LookupAttributes: [{ AttributeKey: 'EventId', AttributeValue: id }] }
  const { events, error, again } = useEvents(question)
  const [event] = events ?? []
  return (
    <>
      <header class="page">
        <div>
          <a class="up" href={href('events')}>
            {words.title}
          </a>
          <h1>{event?.name ?? id}</h1>
        </div>
      </header>
      {error !== undefined && <ErrorNotice error={error} retry={again} />}
      {event && <EventDetails event={event} />}
      {events && !event && <Empty title={texts.detail.gone(words.one, id)} />}
      {events === undefined && error === undefined && <p>{texts.ui.loading}</p>}
      <CommandLine lines={[lookupLine(question)]} />
    </>
  )
}

export const eventsPage: Page = {
  path: 'events',
  title: words.title,
  content: ([id]) => (id === undefined ? <Events key="events" /> : <OneEvent key={id} id={id} />),
}
