// Access keys of the visitor's own user: made, switched off and on, and deleted, so that nobody has to ask the operator for another.
import type { AccessKeyMetadata } from '@aws-sdk/client-iam'
import { type Api, call } from '../../api/client.ts'
import type { Answer } from '../../api/model.ts'
import { operation, type Resource } from '../../resource/definition.ts'
import { factsTab } from '../../resource/tabs.tsx'
import { api } from '../../session/session.ts'
import { texts } from '../../texts.ts'
import { CopyButton, Verbatim } from '../../ui/copy.tsx'
import { text } from '../../ui/fields.ts'
import type { Element } from '../../ui/types.ts'
import { type AccessKey, list } from './list.ts'

const words = texts.accessKeys

/** IAM changes keys for those who sign with one themselves; temporary credentials are refused. */
const isTemporary = () => api().credentials.sessionToken !== undefined

const signer = () => ({
  keyId: text(words.signer.keyId, { required: true, when: isTemporary, hint: words.signer.hint }),
  secret: text(words.signer.secret, { required: true, type: 'password', when: isTemporary }),
})

type Signer = ReturnType<typeof signer>

/** The API as whoever has the key of the form, for this once. */
const as = ({ keyId, secret }: { readonly keyId: string; readonly secret: string }): Api | undefined =>
  isTemporary() ? api().as({ accessKeyId: keyId.trim(), secretAccessKey: secret.trim() }, () => {}) : undefined

const idsOf = (keys: readonly AccessKeyMetadata[]) => keys.map(({ AccessKeyId = '' }) => AccessKeyId)

const create = operation<AccessKey, Signer>({
  key: 'create',
  label: words.create.label,
  title: () => words.create.title,
  about: () => <p>{words.create.about}</p>,
  fields: signer,
  as,
  calls: () => [call('CreateAccessKey', {})],
  done: () => words.create.done,
  result: (_, [made]) => <Made made={made as Answer<'CreateAccessKey'>} />,
})

/** The only time that its secret is told. */
function Made({ made: { AccessKey } }: { made: Answer<'CreateAccessKey'> }): Element {
  const { AccessKeyId = '', SecretAccessKey = '' } = AccessKey ?? {}
  return (
    <>
      <p>
        <strong>{words.create.save}</strong>
      </p>
      <h3>{words.columns.id}</h3>
      <Verbatim>{AccessKeyId}</Verbatim>
      <CopyButton text={AccessKeyId} label={words.create.copyId} />
      <h3>{words.signer.secret}</h3>
      <Verbatim>{SecretAccessKey}</Verbatim>
      <CopyButton text={SecretAccessKey} label={words.create.copySecret} />
    </>
  )
}

/** Switches keys on or off. */
const put = (key: 'activate' | 'deactivate', Status: 'Active' | 'Inactive') =>
  operation<AccessKey, Signer>({
    key,
    label: words[key].label,
    title: () => words[key].title,
    destroys: Status === 'Inactive',
    applies: item => item.Status !== Status,
    about: keys => <p>{words[key].about(idsOf(keys))}</p>,
    fields: signer,
    as,
    calls: (_, keys) => idsOf(keys).map(AccessKeyId => call('UpdateAccessKey', { AccessKeyId, Status })),
    done: (_, keys) => words[key].done(idsOf(keys)),
  })

const remove = operation<AccessKey, Signer>({
  key: 'delete',
  label: words.delete.label,
  title: () => words.delete.title,
  destroys: true,
  about: keys => (
    <>
      <p>
        <strong>{words.delete.about(idsOf(keys))}</strong>
      </p>
      <p>{words.delete.inactiveFirst}</p>
    </>
  ),
  fields: signer,
  as,
  calls: (_, keys) => idsOf(keys).map(AccessKeyId => call('DeleteAccessKey', { AccessKeyId })),
  done: (_, keys) => words.delete.done(idsOf(keys)),
})

const columns: Resource<AccessKey>['columns'] = [
  { key: 'id', label: words.columns.id, value: ({ AccessKeyId }) => AccessKeyId, as: 'code' },
  { key: 'status', label: words.columns.status, value: ({ Status }) => Status, as: 'status', filters: true },
  { key: 'used', label: words.columns.used, value: ({ lastUsed }) => lastUsed },
  { key: 'created', label: words.columns.created, value: ({ CreateDate }) => CreateDate, as: 'time' },
  { key: 'user', label: words.columns.user, value: ({ UserName }) => UserName },
]

export const accessKeys: Resource<AccessKey> = {
  path: 'access-keys',
  texts: words,
  list,
  columns,
  operations: [put('deactivate', 'Inactive'), put('activate', 'Active'), remove],
  creations: [create],
  tabs: [factsTab('description', words.description, columns)],
}
