// The frame around all pages: who is signed in, the navigation, and the page that the address names.
import { ErrorBoundary, useEffect, useRef, useState } from 'hono/jsx/dom'
import { sections } from '../pages/all.ts'
import type { Page } from '../resource/page.tsx'
import { type Session, signOut, state } from '../session/session.ts'
import { texts } from '../texts.ts'
import { Time } from '../ui/format.tsx'
import { Empty, ErrorNotice } from '../ui/notice.tsx'
import { href, type Route, route } from '../ui/router.ts'
import { useStore } from '../ui/store.ts'
import { Toasts } from '../ui/toast.tsx'
import type { Element } from '../ui/types.ts'
import { SignIn } from './sign-in.tsx'

const words = texts.frame

const pages = sections.flatMap(section => section.pages)

export function App(): Element {
  const { session, ended } = useStore(state)
  return (
    <>
      {session ? <SignedIn key="in" session={session} /> : <SignIn key="out" ended={ended} />}
      <Toasts />
    </>
  )
}

function SignedIn({ session }: { session: Session }): Element {
  const [first = pages[0]?.path, ...rest] = useStore(route)
  const page = pages.find(({ path }) => path === first)
  const content = useRef<HTMLElement>(null)
  const [isFirst, setFirst] = useState(true)
  useEffect(() => {
    document.title = [rest[0], page?.title, texts.title].filter(Boolean).join(' · ')
    // Who goes to another page reads on there
    if (!isFirst) goTo(content.current)
    setFirst(false)
  }, [first, rest[0]])
  return (
    <div class="frame">
      <button type="button" class="skip" onClick={() => goTo(content.current)}>
        {words.skip}
      </button>
      <TopBar session={session} />
      <Navigation current={first} />
      <main id="content" tabIndex={-1} ref={content}>
        <Ending session={session} />
        <ErrorBoundary key={`${first}/${rest[0]}`} fallbackRender={(error: unknown) => <ErrorNotice error={error} />}>
          <Shown page={page} rest={rest} />
        </ErrorBoundary>
      </main>
    </div>
  )
}

/** To the beginning: the focus alone is content with any part of it that is in view. */
function goTo(content: HTMLElement | null): void {
  content?.focus({ preventScroll: true })
  content?.scrollIntoView()
}

function Shown({ page, rest }: { page: Page | undefined; rest: Route }): Element {
  return <>{page ? page.content(rest) : <Empty title={words.notFound} />}</>
}

/** For how long before its end a session is said to end, in milliseconds. */
const WARNING = 10 * 60_000

/** Says in time that the credentials end: forms that are open would be lost. */
function Ending({ session: { api, expires } }: { session: Session }): Element {
  const [isNear, setNear] = useState(false)
  useEffect(() => {
    if (expires === undefined) return undefined
    const timer = setTimeout(() => setNear(true), Math.max(0, expires - api.now() - WARNING))
    return () => clearTimeout(timer)
  }, [expires])
  return (
    <div role="status">
      {isNear && expires !== undefined && (
        <p class="notice">
          <span>
            {words.ending} <Time at={new Date(expires)} />
          </span>
        </p>
      )}
    </div>
  )
}

function TopBar({ session: { api, arn, account, expires } }: { session: Session }): Element {
  return (
    <header class="top">
      <strong>{texts.title}</strong>
      <dl>
        <div>
          <dt>{words.region}</dt>
          <dd>{api.region}</dd>
        </div>
        <div>
          <dt>{words.account}</dt>
          <dd title={arn}>
            {arn.split('/').at(-1)} <small>{account}</small>
          </dd>
        </div>
        {expires !== undefined && (
          <div class="until">
            <dt>{words.until}</dt>
            <dd>
              <Time at={new Date(expires)} />
            </dd>
          </div>
        )}
      </dl>
      <button type="button" onClick={() => signOut('signed-out')}>
        {words.signOut}
      </button>
    </header>
  )
}

function Navigation({ current }: { current: string | undefined }): Element {
  const [isOpen, setOpen] = useState(false)
  return (
    <nav class="side" aria-label={words.navigation}>
      <button type="button" class="menu" aria-expanded={isOpen} aria-controls="pages" onClick={() => setOpen(!isOpen)}>
        {words.menu}
      </button>
      <div id="pages" class={isOpen ? 'open' : ''}>
        {sections.map(section => (
          <div key={section.title}>
            <p>{section.title}</p>
            <ul aria-label={section.title}>
              {section.pages.map(({ path, title }) => (
                <li key={path}>
                  <a
                    href={href(path)}
                    aria-current={path === current ? 'page' : undefined}
                    onClick={() => setOpen(false)}
                  >
                    {title}
                  </a>
                </li>
              ))}
            </ul>
          </div>
        ))}
      </div>
    </nav>
  )
}
