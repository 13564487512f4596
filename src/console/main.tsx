// The console's beginning: whoever came by the sandbox's link, or stayed signed in, is; everybody else is asked for a key.
import { render } from 'hono/jsx/dom'
import { App } from './frame/app.tsx'
import { errorText } from './resource/perform.ts'
import { takeLink } from './session/link.ts'
import { isSignedIn, resume, signIn, signOut } from './session/session.ts'
import { warn } from './ui/toast.tsx'

const root = document.querySelector<HTMLElement>('#console')

/** Nobody is shown the form to sign in who will not need it. */
async function begin(): Promise<void> {
  const key = takeLink()
  await (key ? signIn(key) : resume())
}

/** The same in a tab that has the console open already, for which the link is but another place in it. */
async function enter(): Promise<void> {
  const key = takeLink()
  if (!key) return
  if (isSignedIn()) signOut('signed-out')
  await signIn(key)
}

if (root) {
  await begin().catch((error: unknown) => warn(errorText(error)))
  render(<App />, root)
  addEventListener('hashchange', () => void enter().catch((error: unknown) => warn(errorText(error))))
}
