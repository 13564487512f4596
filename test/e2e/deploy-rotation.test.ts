// EDGE_SECRET is another one now: ids and keys of the one before count, as long as EDGE_SECRET_OLD names it.
import { DescribeImagesCommand, EC2Client, ModifyImageAttributeCommand } from '@aws-sdk/client-ec2'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { KeyStore } from '../../src/auth/key-store.ts'
import { AccessKeys } from '../../src/auth/keys.ts'
import { IdMint } from '../../src/ec2/core/ids.ts'
import { IMAGE } from '../../src/ec2/images/resource.ts'
import { credentials } from './cloud.ts'
import type { Credentials } from './signed.ts'
import { type Cloud, startCloud } from './stage.ts'

const BEFORE = 'the secret of the last years'
const HELEN = 2
const before = new IdMint([BEFORE])
const id = before.mint(IMAGE)
const seed = {
  images: [{ name: id, owner: 'helen', template: `EC2_AMI="YES" EC2_ID="${before.attribute(id, HELEN)}"` }],
}

let rotated: Cloud
let forgotten: Cloud

beforeAll(async () => {
  rotated = await startCloud({ seed }, { EDGE_SECRET_OLD: `an even older secret of the Worker\n${BEFORE}` })
  forgotten = await startCloud({ seed })
})
afterAll(() => Promise.all([rotated.stop(), forgotten.stop()]))

const clientOf = ({ endpoint }: Cloud, keys: Credentials = credentials()) =>
  new EC2Client({ endpoint, region: 'us-east-1', credentials: keys, maxAttempts: 1 })

async function imageIds(client: EC2Client): Promise<(string | undefined)[]> {
  const { Images } = await client.send(new DescribeImagesCommand({ Owners: ['self'] }))
  return (Images ?? []).map(({ ImageId }) => ImageId)
}

/** A key that was issued before. */
async function keyIn({ harness }: Cloud): Promise<Credentials> {
  const { INDEX } = await harness.getWorker<{ INDEX: KeyStore }>().getEnv()
  const keys = new AccessKeys({ store: INDEX, secrets: [BEFORE], now: () => Date.now() })
  const { accessKeyId, secret } = await keys.create({ user: { id: HELEN, name: 'helen' } })
  return { accessKeyId, secretAccessKey: secret }
}

it('keeps ids that were sealed before, and keys', async () => {
  const client = clientOf(rotated, await keyIn(rotated))
  expect(await imageIds(client)).toEqual([id])
  const share = { ImageId: id, LaunchPermission: { Add: [{ Group: 'all' as const }] } }
  await client.send(new ModifyImageAttributeCommand(share))
  const [image] = rotated.sandbox.world.images.all()
  // What is written anew is sealed anew
  expect(image?.template['EC2_ID']).not.toEqual([before.attribute(id, HELEN)])
  expect(await imageIds(client)).toEqual([id])
})

it('shows objects by their number, and opens no key, where nobody names the secret any more', async () => {
  expect(await imageIds(clientOf(forgotten))).toEqual(['ami-00000000'])
  await expect(imageIds(clientOf(forgotten, await keyIn(forgotten)))).rejects.toMatchObject({ name: 'InternalError' })
})
