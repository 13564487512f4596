// Where a disk is imported from: an address that OpenNebula fetches itself. It is the operator who says from which hosts, for
// the front-end stands where callers may not.
import type { SnapshotDiskContainer } from '@aws-sdk/client-ec2'
import { limits } from '../../limits.ts'
import { impossible, invalid, missing, tooLong } from '../../protocol/complaints.ts'
import type { Written } from '../core/attribute-names.ts'
import type { ChangeContext, Settings } from '../core/context.ts'
import { valid } from '../core/fields.ts'
import { allocateImage } from '../core/writes.ts'
import { type Imported, importedFormat } from '../disk-images/imported.ts'
import { importFailure, makeImage } from '../disk-images/making.ts'

/**
 * What a request says of the disk.
 * @param parameter that the container has in the request
 * @throws Ec2Error MissingParameter, InvalidParameterValue, UnsupportedOperation
 */
export function importedFrom(
  parameter: string,
  { Url: url, Format = 'RAW', Description: diskDescription }: SnapshotDiskContainer = {},
  description: string | undefined,
  settings: Settings,
): Imported {
  if (!url) throw missing(`${parameter}.Url`)
  checkAddress(`${parameter}.Url`, url, settings)
  const format = valid(importedFormat, Format.toUpperCase())
  if (format === undefined) {
    throw invalid(`${parameter}.Format`, Format, 'Disks are imported as they are: RAW or QCOW2.')
  }
  return { url, format, description, diskDescription }
}

/**
 * What an address may be written with. The datastore drivers hand it to a shell between single quotes that they do not
 * escape, through an `echo` that knows escapes (`set_downloader_args` in OpenNebula's `libfs.sh`).
 */
const PLAIN = /^[\w\-.~:/?#[\]@&+,=%]*$/

function checkAddress(parameter: string, text: string, { importHosts }: Settings): void {
  if (importHosts.length === 0) {
    throw impossible(
      'This endpoint imports nothing by its address: its operator has to set IMPORT_HOSTS, the hosts that the cloud may fetch from.',
    )
  }
  if (text.length > limits.importUrl.most) throw tooLong(parameter, text, limits.importUrl.most)
  const url = URL.parse(text)
  const isWeb = url?.protocol === 'https:' || url?.protocol === 'http:'
  if (!url || !isWeb || url.username !== '' || url.password !== '') {
    throw invalid(parameter, text, 'It is no http(s) address without credentials.')
  }
  if (!PLAIN.test(text))
    throw invalid(parameter, text, 'Characters besides letters, digits and -._~:/?#[]@&+,=% are written as %XX.')
  // By way of URL: a port that the scheme implies may be written or not
  const isAllowed = importHosts.some(host => host === '*' || URL.parse(`${url.protocol}//${host}`)?.host === url.host)
  if (!isAllowed) throw invalid(parameter, text, `The cloud fetches nothing from '${url.host}'.`)
}

/**
 * Has OpenNebula fetch a disk. Its name there is its EC2 id, so that a repeat makes no second one.
 * @throws Ec2Error InvalidParameterValue for a disk that OpenNebula cannot fetch
 */
export async function fetchDisk(
  id: string,
  url: string,
  attributes: Written<'image'> & { readonly TYPE: 'OS' | 'DATABLOCK' },
  context: ChangeContext,
): Promise<void> {
  const { mint, account, settings } = context
  const data = { NAME: id, PATH: url, EC2_ID: mint.attribute(id, account.user.id), ...attributes }
  await makeImage(id, allocateImage(data, settings.datastore), context).catch((error: unknown) => {
    throw importFailure(error)
  })
}
