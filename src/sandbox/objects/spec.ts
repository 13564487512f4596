// What sets one kind of object with an owner apart from the others, as data.
import type { Template } from '../protocol/template.ts'
import type { Owned } from '../world/model.ts'
import type { Pool } from '../world/pool.ts'
import type { Call, World } from '../world/world.ts'

/** A kind whose objects can be changed. */
export interface ObjectSpec<T extends Owned> {
  /** In the names of its methods, such as `one.<name>.update`. */
  name: string
  pool(world: World): Pool<T>
  /** Checks and applies a new template; by default it is just stored. */
  update?(call: Call, object: T, template: Template): void
  /** The template that update works on; TEMPLATE by default. */
  updated?(object: T): Template
  /** After anything that changed the object. */
  changed?(world: World, object: T): void
  /** The front-end has no `lock` for this kind. */
  lockable?: false
}

/** A kind whose document is the same in `info` and in the pool. */
export interface DocumentedSpec<T extends Owned> extends ObjectSpec<T> {
  xml(world: World, object: T): string
}

/** A kind whose objects are made of a template's text alone. */
export interface TemplateSpec<T extends Owned> extends DocumentedSpec<T> {
  /** What becomes of what all objects have; the template has no NAME any more. Throws code 8192 for what cannot be used. */
  make(world: World, base: Owned): T
  /** Only oneadmin's group makes them. */
  byAdmins?: true
  /** What happens without a NAME, which is refused by default: `make` finds one, or the front-end has a refusal of its own. */
  nameless?: 'named by make' | { refusal: string }
}
