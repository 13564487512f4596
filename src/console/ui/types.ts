// What components are made of.
import type { JSX } from 'hono/jsx/dom/jsx-runtime'

export type Element = JSX.Element

/** What can stand inside of an element. */
export type Child = Element | string | number | boolean | null | undefined | readonly Child[]
