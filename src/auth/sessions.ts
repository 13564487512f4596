// Temporary credentials, ASIA…: made of a key, sealed into the session token that comes with each request, and kept nowhere.
//
// What is in a token only the Worker can read. The secret follows from it, and from that of the key that it was made with: so it
// ends when the key ends, and when the key's secret becomes another one.
import { createHash } from 'node:crypto'
import type { MasterSecrets } from '../config/derived-keys.ts'
import { fromBase64, randomBytes, toBase64 } from '../lib/bytes.ts'
import { Lru } from '../lib/lru.ts'
import { limits } from '../limits.ts'
import { type AccessKey, type FindKey, isTemporaryId, newKeyId, type Session } from './access-key.ts'
import { hmac, importHmacKey } from './hmac.ts'
import type { Role } from './roles.ts'
import { Seal } from './seal.ts'

/** What is sealed: who acts, and what makes the key temporary. */
interface Claims extends Session {
  /** The only region that it counts in. */
  readonly region: string
  readonly user: AccessKey['user']
  /** Base64 of the key by which the secret is made. */
  readonly salt: string
}

/** What temporary credentials are to be: all that does not follow from the key. */
export type NewSession = Omit<Session, 'parent'>

/** What of a key its temporary credentials follow from. */
type Lasting = Pick<AccessKey, 'accessKeyId' | 'secret' | 'user'>

/** As they are handed out, this once. */
export interface TemporaryKey {
  readonly accessKeyId: string
  readonly secret: string
  readonly token: string
}

/** The role of a name, if the user may assume it now. */
export type FindRole = (name: string, user: AccessKey['user']) => Promise<Role | undefined>

const SALT_BYTES = 32
/** As many as in the secrets of other keys: forty characters. */
const SECRET_BYTES = 30

/** Tokens whose opening is remembered: of 8 KiB at most. */
const REMEMBERED = 500

/** A token that was found good, and the secret that followed from it and from its key's. */
interface Known {
  readonly claims: Claims
  readonly parentSecret: string
  readonly secret: string
}

/**
 * Makes and opens session tokens of one region. What is in a token never changes, so it is opened once; whether it has ended, and how
 * its key and its role stand, is looked at each time.
 */
export class Sessions {
  readonly #seal: Seal
  readonly #region: string
  /** By a hash of the token. */
  readonly #known = new Lru<Known>(REMEMBERED)

  /** @param secrets tokens are sealed under the first, and open under any */
  constructor(secrets: MasterSecrets, region: string) {
    this.#seal = new Seal(secrets, 'sessions')
    this.#region = region
  }

  /** @param parent a key that is not temporary itself */
  async issue({ accessKeyId: parent, secret, user }: Lasting, session: NewSession): Promise<TemporaryKey> {
    const accessKeyId = newKeyId('ASIA')
    const salt = toBase64(randomBytes(SALT_BYTES))
    const claims: Claims = { ...session, parent, region: this.#region, user: { id: user.id, name: user.name }, salt }
    const token = await this.#seal.seal(accessKeyId, claims)
    return { accessKeyId, secret: await secretOf(accessKeyId, salt, secret), token }
  }

  /**
   * Finds temporary keys by their tokens, and others in `findParent`. Of one that has ended its session says so; for one whose
   * token is none of ours, or of another region, or was made with what is not valid any more, there is no key.
   */
  finder(findParent: FindKey, findRole: FindRole): FindKey {
    return async (accessKeyId, token) => {
      if (!isTemporaryId(accessKeyId)) return findParent(accessKeyId)
      if (token === undefined || token.length > limits.sessionToken.most) return undefined
      const name = createHash('sha256').update(`${accessKeyId} ${token}`).digest('base64')
      const known = this.#known.get(name)
      const claims = known?.claims ?? (await this.#open(accessKeyId, token))
      if (claims?.region !== this.#region) return undefined
      const { region: _, user, salt, ...session } = claims
      const parent = await findParent(session.parent)
      if (!parent || parent.user.id !== user.id || parent.user.name !== user.name) return undefined
      const policies = await policiesOf(session, user, findRole)
      if (!policies) return undefined
      const isSame = known?.parentSecret === parent.secret
      const secret = isSame ? known.secret : await secretOf(accessKeyId, salt, parent.secret)
      if (!isSame) this.#known.set(name, { claims, parentSecret: parent.secret, secret })
      return { ...parent, accessKeyId, secret, session: { ...session, policies } }
    }
  }

  async #open(accessKeyId: string, token: string): Promise<Claims | undefined> {
    // What opens was sealed by issue: nobody else has the key
    return this.#seal.open(accessKeyId, token).then(
      claims => claims as Claims,
      () => undefined,
    )
  }
}

/** Those that were given with it, and that of the role as it is now; undefined where the role is not there any more. */
async function policiesOf(
  { role, policies }: Omit<Session, 'parent'>,
  user: AccessKey['user'],
  findRole: FindRole,
): Promise<readonly string[] | undefined> {
  if (!role) return policies
  const found = await findRole(role.name, user)
  if (found?.created !== role.created) return undefined
  return found.policy === undefined ? policies : [found.policy, ...policies]
}

async function secretOf(accessKeyId: string, salt: string, parentSecret: string): Promise<string> {
  const key = await importHmacKey('SHA-256', fromBase64(salt) ?? new Uint8Array())
  return toBase64((await hmac(key, `${accessKeyId} ${parentSecret}`)).subarray(0, SECRET_BYTES))
}
