// Key pairs: made in the browser, so that the private key never leaves it; imported, and deleted.
import type { KeyPairInfo } from '@aws-sdk/client-ec2'
import { call } from '../../api/client.ts'
import type { Resource } from '../../resource/definition.ts'
import { operation } from '../../resource/definition.ts'
import { listing } from '../../resource/listing.ts'
import { Facts, useAnswer, WithAnswer } from '../../resource/tabs.tsx'
import { tagsTab } from '../../resource/tags.tsx'
import { texts } from '../../texts.ts'
import { CopyButton, Verbatim } from '../../ui/copy.tsx'
import { choice, text } from '../../ui/fields.ts'
import type { Element } from '../../ui/types.ts'
import { makeKey } from './make.ts'

const words = texts.keyPairs

const encode = (line: string) => new TextEncoder().encode(line.trim())

const create = operation({
  key: 'create',
  label: words.create.label,
  title: () => words.create.title,
  about: () => words.create.about,
  fields: () => ({
    name: text(words.name, { required: true }),
    type: choice(words.create.type, [
      { value: 'ed25519', label: words.create.types.ed25519 },
      { value: 'rsa', label: words.create.types.rsa },
    ]),
    publicKey: text('', { when: () => false }),
    privateKey: text('', { when: () => false }),
  }),
  prepare: async values => ({ ...values, ...(await makeKey(values.type === 'rsa' ? 'rsa' : 'ed25519', values.name)) }),
  calls: ({ name, publicKey }) => [
    call('ImportKeyPair', { KeyName: name, PublicKeyMaterial: encode(publicKey || words.create.publicKeyStandsFor) }),
  ],
  done: ({ name }) => words.create.done(name),
  result: ({ name, privateKey }) => <PrivateKey name={name} privateKey={privateKey} />,
})

/** The only time that it is shown: a file to be saved, which the browser makes out of what it has. */
function PrivateKey({ name, privateKey }: { name: string; privateKey: string }): Element {
  const file = `${name.replaceAll(/[^\w.-]/g, '_')}.pem`
  return (
    <>
      <p>
        <strong>{words.create.save}</strong>
      </p>
      <p>
        <a
          class="button primary"
          href={URL.createObjectURL(new Blob([privateKey], { type: 'application/x-pem-file' }))}
          download={file}
        >
          {words.create.download}
        </a>
      </p>
      <Verbatim>{words.create.use(file)}</Verbatim>
    </>
  )
}

const importKey = operation({
  key: 'import',
  label: words.import.label,
  title: () => words.import.title,
  fields: () => ({
    name: text(words.name, { required: true }),
    publicKey: text(words.import.publicKey, { required: true, lines: 4, hint: words.import.publicKeyHint }),
  }),
  calls: ({ name, publicKey }) => [call('ImportKeyPair', { KeyName: name, PublicKeyMaterial: encode(publicKey) })],
  done: ({ name }) => words.import.done(name),
})

const namesOf = (keys: readonly KeyPairInfo[]) => keys.map(({ KeyName = '' }) => KeyName)

const remove = operation<KeyPairInfo>({
  key: 'delete',
  label: words.delete.label,
  title: () => words.delete.title,
  destroys: true,
  many: true,
  about: keys => words.delete.about(namesOf(keys)),
  calls: (_, keys) => namesOf(keys).map(KeyName => call('DeleteKeyPair', { KeyName })),
  done: (_, keys) => words.delete.done(namesOf(keys)),
})

const columns: Resource<KeyPairInfo>['columns'] = [
  { key: 'name', label: words.columns.name, value: ({ KeyName }) => KeyName },
  { key: 'id', label: words.columns.id, value: ({ KeyPairId }) => KeyPairId, as: 'code' },
  { key: 'type', label: words.columns.type, value: ({ KeyType }) => KeyType, filters: true },
  { key: 'fingerprint', label: words.columns.fingerprint, value: ({ KeyFingerprint }) => KeyFingerprint, as: 'code' },
  { key: 'created', label: words.columns.created, value: ({ CreateTime }) => CreateTime, as: 'time' },
]

/** The list does not have the public key: it is asked for of the one that is looked at. */
function Description({ item, id }: { item: KeyPairInfo; id: string }): Element {
  const asked = useAnswer('DescribeKeyPairs', { KeyPairIds: [id], IncludePublicKey: true })
  return (
    <>
      <Facts facts={columns} item={item} />
      <WithAnswer asked={asked}>
        {({ KeyPairs }) => {
          const publicKey = KeyPairs?.[0]?.PublicKey ?? ''
          return (
            <>
              <h2>{words.publicKey}</h2>
              <Verbatim>{publicKey}</Verbatim>
              <CopyButton text={publicKey} />
            </>
          )
        }}
      </WithAnswer>
    </>
  )
}

export const keyPairs: Resource<KeyPairInfo> = {
  path: 'key-pairs',
  texts: words,
  list: listing('DescribeKeyPairs', {
    byIds: KeyPairIds => ({ KeyPairIds: [...KeyPairIds] }),
    items: ({ KeyPairs }) => KeyPairs,
    idOf: ({ KeyPairId = '' }) => KeyPairId,
  }),
  nameOf: ({ KeyName }) => KeyName,
  columns,
  operations: [remove],
  creations: [create, importKey],
  tabs: [{ key: 'description', label: words.description, content: Description }, tagsTab()],
}
