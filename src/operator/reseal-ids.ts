// econe-keys reseal-ids: seals the ids that objects carry anew, so that the secret before EDGE_SECRET can be forgotten.
import { Failure } from '../cli/errors.ts'
import type { Clients } from '../config/clients.ts'
import type { MasterSecrets } from '../config/derived-keys.ts'
import type { Config } from '../config/variables.ts'
import { named } from '../ec2/core/attribute-names.ts'
import type { Documents, OneReader } from '../ec2/core/documents.ts'
import { type Identified, IdMint } from '../ec2/core/ids.ts'
import { merge } from '../ec2/core/writes.ts'
import { isUnfinished } from '../ec2/disk-images/marks.ts'
import { WHOSE, type WriteCall } from '../opennebula/calls/common.ts'
import { OneError, OneUnavailable } from '../opennebula/errors.ts'
import { newMeter } from '../opennebula/transport.ts'
import { textOf } from '../opennebula/xml/attributes.ts'

/** Objects that are written in one request. */
const BATCH = 100
const VMS_PER_PAGE = 500

/** What writes the ids of an object anew, and what that is called. */
interface Outdated {
  readonly name: string
  readonly call: WriteCall
}

/**
 * Seals the ids of all objects anew that carry one of an earlier secret, and says how far it is. No id changes, and
 * nothing else of an object: each is the only thing that is written. What is sealed anew already is left alone, so that
 * whatever breaks off is finished by another run.
 * @param owner number of the OpenNebula user whose objects alone are meant
 * @throws Failure where some could not be written, or OpenNebula does not answer
 */
export async function* resealIds(
  config: Config,
  clients: Clients<Documents>,
  secrets: MasterSecrets,
  owner: number = WHOSE.USABLE,
): AsyncGenerator<string> {
  // The server's account may write what its owner has locked
  const one = clients(config.serverAdmin.name, newMeter())
  const mint = new IdMint(secrets)
  let sealed = 0
  const refused: string[] = []
  try {
    for await (const batch of batches(outdated(one, mint, owner))) {
      const outcomes = await one.multicall(batch.map(({ call }) => call))
      for (const [index, { error }] of outcomes.entries()) {
        if (error === undefined) sealed++
        // What is gone needs no id
        else if (!(error instanceof OneError && error.code === 'NO_EXISTS')) {
          refused.push(`${batch[index]?.name}: ${error.message}`)
        }
      }
      yield `${sealed} objects so far, up to ${batch.at(-1)?.name}`
    }
  } catch (error) {
    if (!(error instanceof OneError || error instanceof OneUnavailable)) throw error
    throw new Failure(`${error.message}: ${sealed} objects are sealed anew, run it again for the others`)
  }
  if (refused.length > 0) {
    throw new Failure(`${refused.join('\n')}\n${refused.length} objects could not be written: run it again for them`)
  }
  yield `Success: Sealing the ids of ${sealed} objects anew`
}

async function* outdated(one: OneReader, mint: IdMint, whose: number): AsyncGenerator<Outdated> {
  for await (const vm of one.vmPages({ whose, size: VMS_PER_PAGE })) {
    const EC2_ID = mint.resealed({ ...vm, EC2_ID: textOf(vm.USER_TEMPLATE, 'EC2_ID') })
    if (EC2_ID !== undefined) yield { name: `VM ${vm.ID}`, call: merge('vm', vm.ID, { EC2_ID }) }
  }
  for await (const image of one.images({ whose })) {
    // A copy has the id of its original until its own is written
    if (isUnfinished(image)) continue
    const anew = (attribute: 'EC2_ID' | 'EC2_SNAPSHOT_ID') => {
      const object: Identified = { ...image, EC2_ID: textOf(image.TEMPLATE, attribute) }
      const value = mint.resealed(object)
      return value === undefined ? {} : named(attribute, value)
    }
    const ids = { ...anew('EC2_ID'), ...anew('EC2_SNAPSHOT_ID') }
    if (Object.keys(ids).length > 0) yield { name: `image ${image.ID}`, call: merge('image', image.ID, ids) }
  }
}

async function* batches<T>(items: AsyncIterable<T>): AsyncGenerator<T[]> {
  let batch: T[] = []
  for await (const item of items) {
    if (batch.push(item) < BATCH) continue
    yield batch
    batch = []
  }
  if (batch.length > 0) yield batch
}
