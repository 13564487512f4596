// The upload door, econe's UploadImage: signed fields of a form, then the file, which streams into R2 before OpenNebula
// fetches it.
import { schemesOf } from '../auth/authenticate.ts'
import { signedRequest } from '../auth/request.ts'
import { rowOf } from '../ec2/actions.ts'
import type { Caller } from '../ec2/core/call.ts'
import { nameOfFile } from '../ec2/images/names.ts'
import { IMAGE, noDownloads } from '../ec2/images/resource.ts'
import type { NewUpload, Place } from '../ec2/images/stage.ts'
import { ec2 } from '../ec2/model/services.ts'
import { excerpt } from '../lib/excerpt.ts'
import { log } from '../lib/log.ts'
import { limits } from '../limits.ts'
import { combination, invalid, missing } from '../protocol/complaints.ts'
import { Ec2Error } from '../protocol/errors.ts'
import { checkVersion, findOperation, type Operation } from '../protocol/model.ts'
import { type ParameterList, readParameters, single } from '../protocol/parameters.ts'
import { parseInput } from '../protocol/request.ts'
import { writeResponse } from '../protocol/response.ts'
import { type FormField, type FormFile, readForm } from '../staging/form.ts'
import { stagingKey } from '../staging/key.ts'
import { originForDownloads } from '../staging/own-address.ts'
import { stageObject } from '../staging/upload.ts'
import { deferOf, type EdgeContext } from './context.ts'
import { allow, callOf, perform } from './dispatch.ts'
import { identify } from './identify.ts'
import { servicesOf } from './services.ts'
import { restartTime } from './trace.ts'

const FORM = 'multipart/form-data'

/** The query of an upload is bounded like any other; its fields by the form reader. */
const BOUNDS = { count: limits.uploadQueryParameters.most, bytes: limits.uploadQuery.most }

export const isUpload = (request: Request): boolean =>
  request.method === 'POST' && (request.headers.get('content-type') ?? '').toLowerCase().startsWith(FORM)

/**
 * Takes an upload. The file is not looked at before the fields in front of it prove who sends it, that the account has
 * room for it and its name is free; and it is the last part: what comes behind a file was not looked at when the file
 * was taken.
 * @throws Ec2Error where the form is malformed, not signed, or ends too early; then nothing of it is left
 */
export function receiveUpload(c: EdgeContext): Promise<Response> {
  const response = take(c)
  // A client that leaves takes its request with it, but not what is left to be tidied up
  deferOf(c)(response.catch(() => undefined))
  return response
}

async function take(c: EdgeContext): Promise<Response> {
  const request = c.req.raw
  const form = readForm(request.body ?? emptyStream(), request.headers.get('content-type') ?? '', {
    length: announcedBytes(request),
  })
  try {
    const { fields, file } = await untilFile(form)
    const { operation, version, caller } = await authorise(fields, c)
    const image = await stage(file, form, caller, c)
    const output = await perform(callOf(operation.name, image, caller, c), c)
    return writeResponse(operation, output, { requestId: c.var.trace.requestId, version })
  } finally {
    // Whatever is left of the request is not read
    await form.return()
  }
}

type Form = ReturnType<typeof readForm>

/** The fields in front of the file, and the file, not read yet. */
async function untilFile(form: Form): Promise<{ fields: ParameterList; file: FormFile | undefined }> {
  const fields: [string, string][] = []
  for (;;) {
    const part = (await form.next()).value
    if (!part) return { fields, file: undefined }
    if (part.kind === 'file') return { fields, file: part }
    fields.push([part.name, part.value])
  }
}

interface Upload {
  readonly operation: Operation
  readonly version: string
  readonly caller: Caller
}

/** Whose upload it is: everything that counts is covered by the signature. */
async function authorise(fields: ParameterList, c: EdgeContext): Promise<Upload> {
  const request = c.req.raw
  const { search } = new URL(request.url)
  const query = readParameters({ query: search }, BOUNDS)
  const parameters = [...query, ...fields]
  const signed = signedRequest(request, new Uint8Array(), parameters)
  const [field] = fields
  if (field && schemesOf(signed).some(scheme => scheme !== 'sigv2')) throw unsigned(field[0])
  const caller = await identify(signed, ec2, c)
  const operation = findOperation([ec2], single(parameters, 'Action'))
  c.var.trace.action = operation.name
  if (!rowOf(operation).form) {
    throw new Ec2Error('InvalidRequest', `The action ${operation.name} takes no file.`)
  }
  const version = checkVersion(operation.service, single(parameters, 'Version'))
  await allow(callOf(operation.name, parseInput(operation, parameters), caller, c), operation, c)
  return { operation, version, caller }
}

/** Version 2 signs the fields of a form as parameters, version 4 a body that cannot be known before the file is there. */
const unsigned = (name: string) =>
  combination(
    `The parameter ${excerpt(name)} is not covered by the signature: with version 4, parameters of an upload belong in the query.`,
  )

/** Stores the file, which has to be the form's last part. @throws Ec2Error where there is nothing of it left */
async function stage(found: FormFile | undefined, form: Form, caller: Caller, c: EdgeContext): Promise<NewUpload> {
  const file = fetchable(found, c)
  const image = {
    ImageId: servicesOf(c.env).mint.mint(IMAGE),
    Name: nameOfFile(file.filename),
    Bytes: announcedBytes(c.req.raw),
  }
  const place = (await perform(callOf('StageImage', image, caller, c), c)) as Place
  try {
    await store(file, place, stagingKey({ account: caller.account.id, imageId: image.ImageId }), caller, c)
    const { value: next } = await form.next()
    if (next) throw behindTheFile(next)
    restartTime(c.var.trace)
    return image
  } catch (error) {
    restartTime(c.var.trace)
    // Where even this fails, the account gives the place back in time
    await perform(callOf('UnstageImage', image, caller, c), c).catch(() => undefined)
    throw error
  }
}

/** The file, if OpenNebula has an address to fetch it from. @throws Ec2Error */
function fetchable(file: FormFile | undefined, { env, req }: EdgeContext): FormFile {
  if (file?.name !== 'file' || file.filename === '') throw missing('file')
  if (originForDownloads(new URL(req.url).origin, servicesOf(env).config) !== undefined) return file
  log('upload', { cause: 'neither is PUBLIC_URL set, nor is the Host of the request in OWN_HOSTS' }, true)
  throw noDownloads()
}

/** @throws Ec2Error where it is empty, larger than its place, or takes too long */
async function store(file: FormFile, place: Place, key: string, { account }: Caller, c: EdgeContext): Promise<void> {
  const metadata = { created: new Date().toISOString(), name: file.filename, owner: account.user.name }
  const { content, announced } = file
  const options = { metadata, announced, most: place.bytes, signal: signalAfter(place.within), waitUntil: deferOf(c) }
  const { size } = await stageObject(c.env.STAGING, key, content, options)
  if (size === 0) throw invalid('file', undefined, 'It is empty.')
}

/** The length of the form, a little more than that of the file. */
function announcedBytes({ headers }: Request): number | undefined {
  const length = headers.get('content-length')
  return length === null ? undefined : Number(length)
}

function signalAfter(ms: number): AbortSignal {
  const controller = new AbortController()
  setTimeout(() => controller.abort(new Ec2Error('RequestExpired', 'The upload took too long.')), ms)
  return controller.signal
}

const behindTheFile = ({ name }: FormField | FormFile) =>
  new Ec2Error('InvalidRequest', `The parameter ${excerpt(name)} comes behind the file, which has to be the last.`)

const emptyStream = () => new Blob([]).stream()
