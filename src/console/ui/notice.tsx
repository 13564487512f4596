// What is said in the place where something should be: an error in EC2's words, or that there is nothing yet.
import { ApiError, isForbidden, isUnreachable } from '../api/failure.ts'
import { texts } from '../texts.ts'
import type { Child, Element } from './types.ts'

/** An error in words: what kind it is, then EC2's code and message. */
export function ErrorNotice({ error, retry }: { error: unknown; retry?: (() => void) | undefined }): Element {
  const { code, message } =
    error instanceof ApiError ? error : { code: texts.errors.unexpected, message: String(error) }
  return (
    <div class="notice bad" role="alert">
      <div>
        {isUnreachable(error) && <p>{texts.errors.unreachable}</p>}
        {isForbidden(error) && <p>{texts.errors.forbidden}</p>}
        <p>
          <strong>{code}</strong> {message}
        </p>
      </div>
      {retry && (
        <button type="button" onClick={retry}>
          {texts.ui.retry}
        </button>
      )}
    </div>
  )
}

/** There is nothing yet: what it would be, and what to do first. */
export function Empty({ title, children }: { title: string; children?: Child }): Element {
  return (
    <div class="empty">
      <p class="head">{title}</p>
      {children}
    </div>
  )
}

/** Several things, a line each. */
export const Lines = ({ head, lines }: { head: string; lines: readonly string[] }): Element => (
  <>
    <p>{head}</p>
    <ul>
      {lines.map(line => (
        <li key={line}>{line}</li>
      ))}
    </ul>
  </>
)
