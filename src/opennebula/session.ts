// The sessions by which this server acts for OpenNebula's users: `server_cipher` tokens.
import { toBase64, toBytes, toHex } from '../lib/bytes.ts'
import { UnsafeValue } from './errors.ts'
import { assertSendable } from './xml/text.ts'

/**
 * How long one token serves, in seconds. OpenNebula remembers a single token per user and pays 0.4 s for a new one,
 * so every location must mint the same: encryption is deterministic and the expiry depends on the window alone.
 */
const WINDOW = 30 * 60
/** A token lives at least this long after it was handed out: what OpenNebula remembers one for, and clock skew. */
const MARGIN = 15 * 60
const REMEMBERED = 1000

interface Remembered {
  readonly expiry: number
  readonly token: Promise<string>
}

/**
 * Mints session strings for any user, as OpenNebula's own `server_cipher` driver does: `serveradmin:TARGET:` and the
 * base64 of AES-256-CBC over `serveradmin:TARGET:EXPIRY`; the key is the first 32 characters of the hex SHA-256 of
 * serveradmin's password, the IV the key's first 16.
 */
export class ServerSessions {
  readonly #server: string
  readonly #key: Promise<CipherKey>
  readonly #remembered = new Map<string, Remembered>()

  /** @param server name of the front-end's account for servers, with the driver `server_cipher` */
  constructor(password: string, server = 'serveradmin') {
    assertUserName(server)
    this.#server = server
    this.#key = cipherKey(password)
  }

  /**
   * The session string for a user; the same for everyone who asks within a window of 30 minutes, and good for 15
   * minutes or more.
   *
   * @param target OpenNebula user name; the server's own name makes a session of its own
   * @param now    milliseconds since 1970
   * @throws UnsafeValue for a name that would break the form of the token
   */
  session(target: string, now = Date.now()): Promise<string> {
    const expiry = (Math.floor(now / 1000 / WINDOW) + 1) * WINDOW + MARGIN
    const remembered = this.#remembered.get(target)
    if (remembered?.expiry === expiry) return remembered.token
    assertUserName(target)
    if (this.#remembered.size >= REMEMBERED) this.#remembered.clear()
    const token = this.#mint(target, expiry)
    this.#remembered.set(target, { expiry, token })
    return token
  }

  async #mint(target: string, expiry: number): Promise<string> {
    const { key, iv } = await this.#key
    const head = `${this.#server}:${target}:`
    const sealed = await crypto.subtle.encrypt({ name: 'AES-CBC', iv }, key, toBytes(`${head}${expiry}`))
    return head + toBase64(new Uint8Array(sealed))
  }
}

interface CipherKey {
  readonly key: CryptoKey
  readonly iv: Uint8Array
}

async function cipherKey(password: string): Promise<CipherKey> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', toBytes(password)))
  const bytes = toBytes(toHex(digest).slice(0, 32))
  const key = await crypto.subtle.importKey('raw', bytes, 'AES-CBC', false, ['encrypt'])
  return { key, iv: bytes.slice(0, 16) }
}

/** OpenNebula's own rule for user names: no colon, no white space. */
function assertUserName(name: string): void {
  assertSendable(name, 'A user name')
  if (!/^[^:\s]{1,256}$/.test(name)) throw new UnsafeValue('A user name is empty or holds a colon or white space')
}
