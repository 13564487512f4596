// The datastore that images and volumes are put into.
import type { Config } from '../../config/variables.ts'
import type { Datastore } from '../../opennebula/documents.ts'
import { type Finding, ok, wrong } from './finding.ts'
import type { View } from './view.ts'

const IMAGE_DATASTORE = 0

export function checkDatastore(
  datastores: readonly Datastore[],
  { datastore }: Config,
  { usable, who }: View,
): Finding {
  const found = datastores.find(({ ID }) => ID === datastore)
  if (!found) {
    return wrong(`datastore ${datastore}: there is none`, 'DATASTORE_ID must be the number of one')
  }
  const label = `datastore ${found.ID} (${found.NAME})`
  if (found.TYPE !== IMAGE_DATASTORE) {
    return wrong(`${label}: it is not for images`, 'DATASTORE_ID must be the number of an image datastore')
  }
  if (!usable('datastores')(found)) {
    return wrong(`${label} may not be used by ${who}`, `\`onedatastore chmod ${found.ID} 604\``)
  }
  return ok(`${label}: for images and volumes, ${Math.floor((found.FREE_MB ?? 0) / 1024)} GiB free`)
}
