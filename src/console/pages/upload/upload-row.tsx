// One upload: how far it is, what can be done with it, and what comes next.
import { useState } from 'hono/jsx/dom'
import { nameOfFile } from '../../../upload/plan.ts'
import { ApiError } from '../../api/failure.ts'
import { OperationDialog } from '../../resource/operation-dialog.tsx'
import { errorText } from '../../resource/perform.ts'
import { texts } from '../../texts.ts'
import { bytesText, durationText, Time } from '../../ui/format.tsx'
import { ErrorNotice } from '../../ui/notice.tsx'
import { tell, warn } from '../../ui/toast.tsx'
import type { Element } from '../../ui/types.ts'
import { dismiss, giveUp, pauseUpload, resumeUpload, type Upload } from '../../upload/queue.ts'
import { images } from '../images/page.tsx'
import { register } from '../images/register.ts'

const words = texts.upload

export function UploadRow({ upload }: { upload: Upload }): Element {
  const { name, size, sent, error, refusal, format, warning } = upload
  return (
    <li>
      <p class="head">
        <strong>{name}</strong> {format !== undefined && !refusal && <small>{format}</small>}
      </p>
      {size !== undefined && !refusal && <progress aria-label={name} value={sent} max={size} />}
      <p class="how">
        <Standing upload={upload} />
      </p>
      {warning !== undefined && !refusal && <p class="hint">{words.warning(warning)}</p>}
      {refusal && <p class="mistake">{words.refusals[refusal]}</p>}
      {error !== undefined && <ErrorNotice error={readable(error)} />}
      <Buttons upload={upload} />
    </li>
  )
}

/** What browsers say of a file that is gone or another one says nothing to anybody. */
const readable = (error: unknown) =>
  error instanceof DOMException ? new ApiError(error.name, words.changed, 400) : error

function Standing({ upload }: { upload: Upload }): Element {
  const { state, size, sent, rate, initiated } = upload
  if (state === 'away') {
    return (
      <>
        {words.states.away(bytesText(sent))} <Time at={initiated} />
        {words.away}
      </>
    )
  }
  const all = bytesText(size ?? 0)
  if (state !== 'sending') return <>{words.states[state](bytesText(sent), all)}</>
  const left = rate ? durationText(((size ?? 0) - sent) / rate) : undefined
  return <>{words.states.sending(bytesText(sent), all, rate === undefined ? undefined : bytesText(rate), left)}</>
}

function Buttons({ upload: { key, name, state, refusal } }: { upload: Upload }): Element {
  const [isRegistering, setRegistering] = useState(false)
  const resume = async () => {
    if (!(await resumeUpload(key))) tell(words.again(name))
  }
  const abandon = () => giveUp(key).catch((error: unknown) => warn(errorText(error)))
  const isOver = state === 'done' || state === 'used'
  const canStop = state === 'sending' || state === 'waiting'
  const canGoOn = state === 'paused' || state === 'away' || (state === 'failed' && !refusal)
  return (
    <div class="operations">
      {canStop && (
        <button type="button" class="small" onClick={() => pauseUpload(key)}>
          {words.pause}
        </button>
      )}
      {canGoOn && (
        <button type="button" class="small" onClick={() => void resume()}>
          {words.resume}
        </button>
      )}
      {!isOver && !refusal && (
        <button type="button" class="small danger" onClick={() => void abandon()}>
          {words.giveUp}
        </button>
      )}
      {state === 'done' && (
        <button type="button" class="small primary" onClick={() => setRegistering(true)}>
          {words.register}
        </button>
      )}
      {(isOver || refusal) && (
        <button type="button" class="small" onClick={() => dismiss(key)}>
          {words.dismiss}
        </button>
      )}
      {isRegistering && <RegisterDialog object={key} name={name} close={() => setRegistering(false)} />}
    </div>
  )
}

/** Makes an image of a file in the bucket. */
export function RegisterDialog({ object, name, close }: { object: string; name: string; close: () => void }): Element {
  const [operation] = useState(() => register({ object, name: nameOfFile(name.replace(/\.\w{1,6}$/, '')) }))
  return <OperationDialog resource={images} operation={operation} items={[]} close={close} />
}
