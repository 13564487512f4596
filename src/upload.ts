// econe's UploadImage: signed fields of a form, then the file, which streams into R2 before OpenNebula fetches it.
import { signedRequest } from './auth/request.ts'
import { identify, perform, type Visit } from './dispatch.ts'
import { ec2 } from './ec2/model/services.ts'
import { Ec2Error } from './protocol/errors.ts'
import { checkVersion, findOperation } from './protocol/model.ts'
import { type ParameterList, readParameters, single } from './protocol/parameters.ts'
import { writeResponse } from './protocol/response.ts'
import { type FormFile, readForm } from './staging/form.ts'
import { stagingKey } from './staging/key.ts'
import { stageObject } from './staging/upload.ts'
import { type Caller, wire } from './wiring.ts'

const FORM = 'multipart/form-data'

/** The query of an upload is bounded like any other; its fields by the form reader. */
const BOUNDS = { count: 100, bytes: 16 * 1024 }

export const isUpload = (request: Request): boolean =>
  request.method === 'POST' && (request.headers.get('content-type') ?? '').toLowerCase().startsWith(FORM)

/**
 * Takes an upload. The file is not looked at before the fields in front of it prove who sends it.
 * @throws Ec2Error where the form is malformed, not signed, or ends too early; then nothing of it is left
 */
export async function receiveUpload(visit: Visit): Promise<Response> {
  const { request, env, trace } = visit
  const { search, origin: endpoint } = new URL(request.url)
  const fields = [...readParameters({ query: search }, BOUNDS)]
  let staged: Staged | undefined
  try {
    for await (const part of readForm(request.body ?? emptyStream(), request.headers.get('content-type') ?? '')) {
      if (part.kind === 'field') fields.push([part.name, part.value])
      else if (staged === undefined) staged = await stage(part, await authorise(fields, visit), visit)
    }
    if (staged === undefined) throw new Ec2Error('MissingParameter', 'The request must contain the parameter file')
    const { version, id, name } = staged
    const output = await perform('UploadImage', { ImageId: id, Name: name }, { ...staged, endpoint }, visit)
    return writeResponse(operationOf(fields), output, { requestId: trace.requestId, version })
  } catch (error) {
    if (staged && isFinal(error)) await env.STAGING.delete(staged.key)
    throw error
  }
}

interface Permission extends Caller {
  readonly version: string
}

interface Staged extends Permission {
  readonly id: string
  /** As the client calls the file. */
  readonly name: string
  readonly key: string
}

const operationOf = (fields: ParameterList) => findOperation([ec2], single(fields, 'Action'))

async function authorise(fields: ParameterList, visit: Visit): Promise<Permission> {
  const { request, trace } = visit
  const operation = operationOf(fields)
  trace.action = operation.name
  if (operation.name !== 'UploadImage') {
    throw new Ec2Error('InvalidRequest', `The action ${operation.name} takes no file.`)
  }
  const caller = await identify(signedRequest(request, new Uint8Array(), fields), operation, visit)
  return { ...caller, version: checkVersion(operation.service, single(fields, 'Version')) }
}

async function stage(file: FormFile, permission: Permission, { env, defer }: Visit): Promise<Staged> {
  const id = wire(env).mint.mint('image')
  const { account } = permission
  const key = stagingKey({ account: account.id, imageId: id })
  const metadata = { created: new Date().toISOString(), name: file.filename, owner: account.user.name }
  await stageObject(env.STAGING, key, file.stream, { metadata, waitUntil: defer })
  return { ...permission, id, key, name: file.filename }
}

/** Whether the import was refused for good. Where nobody knows, the scheduled sweep decides later. */
const isFinal = (error: unknown) => error instanceof Ec2Error && error.status < 500

const emptyStream = () => new Blob([]).stream()
