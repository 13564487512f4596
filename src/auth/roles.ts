// The roles that the operator defined: who may assume one, for how long, and what may be done in it. Sealed in KV beside keys.
import type { MasterSecrets } from '../config/derived-keys.ts'
import { Ec2Error } from '../protocol/errors.ts'
import type { AccessKey } from './access-key.ts'
import type { KeyStore } from './key-store.ts'
import type { Policy } from './policy/parse.ts'
import { orUnreadable, SealedRecords, type Versioned } from './sealed-records.ts'

/** What the operator says of a new role. */
export interface NewRole {
  /** As in its ARN: letters, digits and `+=,.@_-`, 64 at most. */
  readonly name: string
  /** The names of the OpenNebula users who may assume it. Each acts as itself in it. */
  readonly assumableBy: readonly string[]
  /** What may be done in it, as far as the key of whoever assumes it may do that; without one all that the key may do. */
  readonly policy?: Policy
  /** The longest time for which it is assumed, in seconds. */
  readonly duration: number
  /** What whoever assumes it has to say; without one nothing. */
  readonly externalId?: string
}

export interface Role extends Omit<NewRole, 'policy'> {
  /** The text of its policy, where it has one. */
  readonly policy?: string
  /** Milliseconds since the epoch. */
  readonly created: number
}

type RoleRecord = Role & Versioned

export interface RolesOptions {
  readonly store: KeyStore
  readonly secrets: MasterSecrets
  /** Milliseconds since the epoch. */
  readonly now: () => number
}

const PREFIX = 'role:'

/** What a role can be called. */
export const ROLE_NAME = /^[\w+=,.@-]{1,64}$/

/**
 * Errors are those of `SealedRecords`. Who can write to KV can put an older record back: nobody gains by it, for in a role nothing
 * can be done that the key of whoever assumes it could not do.
 */
export class Roles {
  readonly #records: SealedRecords<RoleRecord>
  readonly #now: () => number

  constructor({ store, secrets, now }: RolesOptions) {
    this.#records = new SealedRecords<RoleRecord>({
      ...{ store, secrets, now },
      ...{ purpose: 'roles', prefix: PREFIX, noun: 'role' },
    })
    this.#now = now
  }

  /** @throws Ec2Error EntityAlreadyExists (409) */
  async create({ policy, ...role }: NewRole): Promise<void> {
    const { name } = role
    if (await this.#records.read(name)) {
      throw new Ec2Error('EntityAlreadyExists', `Role with name ${name} already exists.`)
    }
    await this.#records.write(name, { ...role, ...(policy && { policy: policy.text }), created: this.#now() })
  }

  /** All roles, in the order of their names. */
  async *list(): AsyncGenerator<Role> {
    for await (const names of this.#records.pages()) {
      const roles = await Promise.all(names.map(name => this.#records.read(name)))
      yield* roles.filter(role => role !== undefined)
    }
  }

  /** @throws Ec2Error NoSuchEntity (404) */
  async show(name: string): Promise<Role> {
    const role = await this.#records.read(name)
    if (!role) throw noSuchRole(name)
    return role
  }

  /** Forgets a role: whoever has assumed it is in it no longer. @throws Ec2Error NoSuchEntity (404) */
  async delete(name: string): Promise<void> {
    if (!(await this.#records.read(name).catch(orUnreadable))) throw noSuchRole(name)
    await this.#records.delete(name)
  }

  /** @returns how many were sealed anew */
  reseal(): Promise<number> {
    return this.#records.reseal()
  }

  /** The role of a name, if the user may assume it. */
  async find(name: string, user: AccessKey['user']): Promise<Role | undefined> {
    const role = ROLE_NAME.test(name) ? await this.#records.recent(name) : undefined
    return role?.assumableBy.includes(user.name) ? role : undefined
  }
}

const noSuchRole = (name: string) => new Ec2Error('NoSuchEntity', `The role with name ${name} cannot be found.`)
