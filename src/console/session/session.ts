// Who is signed in. A key is exchanged for temporary credentials at once, where STS allows it, and forgotten.
import { Api, type Credentials } from '../api/client.ts'
import { type ApiError, isForbidden, isWrongKey } from '../api/failure.ts'
import { Store } from '../ui/store.ts'
import { forgetFiles } from './files.ts'
import { forget, recall, remember } from './storage.ts'

/** A visitor's stay. */
export interface Session {
  readonly api: Api
  readonly account: string
  /** Who it is, as an ARN. */
  readonly arn: string
  /** When the credentials end, in the endpoint's time; absent for a key that does not. */
  readonly expires: number | undefined
}

/** Why nobody is signed in any more. */
export type Ended = 'signed-out' | 'expired' | 'refused'

export interface State {
  readonly session?: Session | undefined
  readonly ended?: Ended | undefined
}

/** The stay of this tab. */
export const state = new Store<State>({})

/** What a visitor gives to sign in. */
export interface Key extends Credentials {
  readonly region: string
  /** Whether a reload of the tab finds the visitor signed in. */
  readonly stays: boolean
  /** When it ends, where whoever gives it knows that. */
  readonly expires?: number
}

/** Signs in. @throws ApiError */
export async function signIn({ region, stays, expires: ends, ...key }: Key): Promise<void> {
  const { accessKeyId, secretAccessKey, sessionToken } = key
  const given = new Api({ accessKeyId, secretAccessKey, sessionToken }, region)
  const { credentials, expires } = sessionToken
    ? { credentials: given.credentials, expires: ends }
    : await exchanged(given)
  const session = await sessionOf(given.as(credentials, refused), expires)
  // What somebody left behind who closed the tab without signing out
  forgetFiles()
  if (stays) remember({ credentials, region, expires })
  begin(session)
}

/** Finds the stay that the visitor wanted kept, after a reload. */
export async function resume(): Promise<void> {
  const kept = recall()
  if (!kept) return
  try {
    begin(await sessionOf(new Api(kept.credentials, kept.region, undefined, refused), kept.expires))
  } catch (error) {
    // Where nobody answers, the next reload finds the visitor signed in
    if (!isWrongKey(error)) throw error
    signOut('expired')
  }
}

/** Forgets everything that is known of the visitor. */
export function signOut(ended: Ended): void {
  clearTimeout(timer)
  forget()
  forgetFiles()
  state.set({ ended })
}

function current(): Session {
  const { session } = state.get()
  if (!session) throw new Error('nobody is signed in')
  return session
}

/** The API as the visitor who is signed in. */
export const api = (): Api => current().api

/** Whether anybody is signed in. */
export const isSignedIn = (): boolean => state.get().session !== undefined

/** The visitor's account. */
export const account = (): string => current().account

/** Temporary credentials for a key; the key itself where STS does not give any for it. */
async function exchanged(given: Api): Promise<{ credentials: Credentials; expires?: number }> {
  try {
    const { Credentials: made } = await given.call('GetSessionToken', {})
    const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = made ?? {}
    if (!AccessKeyId || !SecretAccessKey) return { credentials: given.credentials }
    return {
      credentials: { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken },
      ...(Expiration && { expires: Expiration.getTime() }),
    }
  } catch (error) {
    if (isForbidden(error)) return { credentials: given.credentials }
    throw error
  }
}

async function sessionOf(api: Api, expires: number | undefined): Promise<Session> {
  const { Account: account = '', Arn: arn = '' } = await api.call('GetCallerIdentity', {})
  return { api, account, arn, expires }
}

let timer: ReturnType<typeof setTimeout> | undefined

function begin(session: Session): void {
  state.set({ session })
  clearTimeout(timer)
  if (session.expires !== undefined) timer = setTimeout(() => signOut('expired'), session.expires - session.api.now())
}

/** In the middle of a stay: the key was deleted, or the time is over. */
function refused(error: ApiError): void {
  if (state.get().session) signOut(/Expired/.test(error.code) ? 'expired' : 'refused')
}
