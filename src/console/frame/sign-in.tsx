// Signing in: a key, which is exchanged for temporary credentials and forgotten.
import { useState } from 'hono/jsx/dom'
import { isWrongKey } from '../api/failure.ts'
import { type Ended, signIn } from '../session/session.ts'
import { texts } from '../texts.ts'
import { check, choice, initialValues, plainly, text, textOf, type Values } from '../ui/fields.ts'
import { FormFields, type Mistakes, mistakesIn } from '../ui/form.tsx'
import { ErrorNotice } from '../ui/notice.tsx'
import type { Element } from '../ui/types.ts'

const words = texts.signIn

/** The regions of this endpoint, as the page was told. */
const regions = (document.querySelector<HTMLMetaElement>('meta[name=regions]')?.content ?? '').split(' ')

const isTemporary = ({ accessKeyId }: Values) => textOf(accessKeyId).startsWith('ASIA')

const fields = {
  accessKeyId: text(words.accessKey, { required: true }),
  secretAccessKey: text(words.secret, { required: true, type: 'password' }),
  sessionToken: text(words.token, { required: true, when: isTemporary, hint: words.tokenHint, lines: 3 }),
  region: choice(words.region, plainly(...regions), { required: true, initial: regions[0] ?? '' }),
  stays: check(words.stays, false, { hint: words.staysHint }),
}

export function SignIn({ ended }: { ended: Ended | undefined }): Element {
  const [values, setValues] = useState<Values>(initialValues(fields))
  const [mistakes, setMistakes] = useState<Mistakes>({})
  const [error, setError] = useState<unknown>(undefined)
  const [isRunning, setRunning] = useState(false)

  const submit = async () => {
    const found = mistakesIn(fields, values)
    setMistakes(found)
    if (Object.keys(found).length > 0) return
    setRunning(true)
    setError(undefined)
    try {
      const { accessKeyId, secretAccessKey, sessionToken, region } = values
      await signIn({
        accessKeyId: textOf(accessKeyId).trim(),
        secretAccessKey: textOf(secretAccessKey).trim(),
        sessionToken: isTemporary(values) ? textOf(sessionToken).trim() : undefined,
        region: textOf(region),
        stays: values['stays'] === true,
      })
    } catch (reason) {
      setError(reason)
    } finally {
      setRunning(false)
    }
  }

  return (
    <main class="sign-in">
      <h1>{words.title}</h1>
      {ended && <p role="status">{words.ended[ended]}</p>}
      <p>{words.intro}</p>
      {!isSecureContext && (
        <p class="notice bad" role="alert">
          {words.insecure}
        </p>
      )}
      <form
        noValidate
        onSubmit={event => {
          event.preventDefault()
          if (!isRunning) void submit()
        }}
      >
        <FormFields fields={fields} values={values} mistakes={mistakes} change={setValues} />
        {isWrongKey(error) && (
          <p class="notice bad" role="alert">
            {words.wrongKey}
          </p>
        )}
        {error !== undefined && !isWrongKey(error) && <ErrorNotice error={error} />}
        <button type="submit" class="primary" aria-disabled={isRunning}>
          {isRunning ? words.running : words.signIn}
        </button>
      </form>
    </main>
  )
}
