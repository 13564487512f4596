// Images: one.image.* and one.imagepool.info, with imports from URLs.
import { applianceFor, imageOf } from '../market/marketplaces.ts'
import { documentedMethods } from '../objects/kinds.ts'
import { bool, int, type MethodTable, method, string } from '../objects/methods.ts'
import { newNameError, notAllocated } from '../objects/names.ts'
import { objectXml } from '../objects/owner-xml.ts'
import { acquire, isAdmin, ownedBy, refuseRestricted } from '../objects/permissions.ts'
import type { DocumentedSpec } from '../objects/spec.ts'
import { ErrorCode, internal, OneError, refused } from '../protocol/errors.ts'
import { isYes, parseTemplate, single, type Template, without } from '../protocol/template.ts'
import { cdata, idSet, plain, templateXml, wrap } from '../protocol/xml.ts'
import { checkQuota, forImage } from '../users/quotas.ts'
import { type Datastore, type Image, KINDS } from '../world/model.ts'
import type { Call, World } from '../world/world.ts'
import { download, isUrl, mebibytes, probe } from './downloads.ts'
import { finishImage, ImageState, imageStateName, isLocked, setImageState } from './image-states.ts'

const TYPES = ['OS', 'CDROM', 'DATABLOCK', 'KERNEL', 'RAMDISK', 'CONTEXT']
const IMAGE_DATASTORE = 0
const FILE_DATASTORE = 2

/** Attributes that become fields of the image. */
const FIELDS = ['NAME', 'TYPE', 'PATH', 'SOURCE', 'SIZE', 'PERSISTENT', 'FORMAT', 'FS']

const SNAPSHOTS = wrap('SNAPSHOTS', cdata('ALLOW_ORPHANS', 'NO'), cdata('CURRENT_BASE', -1), cdata('NEXT_SNAPSHOT', 0))

const imageXml = (world: World, image: Image): string =>
  objectXml(
    world,
    KINDS.image,
    image,
    plain('TYPE', image.type),
    plain('DISK_TYPE', 0),
    plain('PERSISTENT', image.persistent ? 1 : 0),
    plain('REGTIME', image.regtime),
    plain('MODTIME', image.modtime),
    cdata('SOURCE', image.source),
    cdata('PATH', image.path),
    cdata('FORMAT', image.format),
    cdata('FS', ''),
    plain('SIZE', image.size),
    plain('STATE', image.state),
    plain('PREV_STATE', image.prevState),
    plain('RUNNING_VMS', image.vms.length),
    plain('CLONING_OPS', image.clones.length),
    plain('CLONING_ID', image.cloningId),
    plain('TARGET_SNAPSHOT', -1),
    plain('DATASTORE_ID', image.datastore),
    plain('DATASTORE', world.datastores.get(image.datastore)?.name ?? ''),
    idSet('VMS', image.vms),
    idSet('CLONES', image.clones),
    wrap('APP_CLONES'),
    templateXml('TEMPLATE', image.template),
    image.snapshots ? SNAPSHOTS : wrap('SNAPSHOTS'),
    wrap('BACKUP_INCREMENTS'),
    wrap('BACKUP_DISK_IDS'),
  )

const IMAGE: DocumentedSpec<Image> = { name: 'image', pool: world => world.images, xml: imageXml }

/** Adds a LOCKED image; what it starts as is up to the caller. */
export function addImage(
  { world, user }: Pick<Call, 'world' | 'user'>,
  image: Pick<Image, 'name' | 'type' | 'size' | 'template' | 'datastore'> & Partial<Image>,
): Image {
  const now = world.clock.seconds()
  return world.images.add(id => ({
    id,
    ...ownedBy(user),
    persistent: false,
    regtime: now,
    modtime: now,
    source: '',
    path: '',
    format: '',
    state: ImageState.LOCKED,
    prevState: 0,
    vms: [],
    clones: [],
    cloningId: -1,
    snapshots: true,
    ticket: 0,
    ...image,
  }))
}

async function allocate(call: Call, text: string, datastoreId: number, checkCapacity: boolean): Promise<number> {
  const { world, user } = call
  const given = parseTemplate(text)
  const datastore = acquire(call, world.datastores, datastoreId, 'USE')
  if (datastore.type !== IMAGE_DATASTORE && datastore.type !== FILE_DATASTORE) {
    throw new OneError(ErrorCode.ALLOCATE, 'New images can only be allocated in a files or image datastore.')
  }
  refuseRestricted(user, 'SOURCE' in given ? 'SOURCE' : undefined)
  const appliance = applianceFor(world, given)
  const template = appliance ? { ...given, ...imageOf(appliance) } : given
  const path = single(template, 'PATH')
  const found = !appliance && isUrl(path) ? await probe(world.fetch, path) : undefined
  const size = appliance?.size ?? (found ? mebibytes(found.size) : sizeOf(template, path))
  if ((checkCapacity || !isAdmin(user)) && size > datastore.freeMb) throw refused('Not enough space in datastore')
  checkQuota(world, user, forImage({ datastore: datastoreId, size }))
  const image = addImage(call, { ...described(call, template), size, datastore: datastore.id })
  if (appliance || isUrl(path)) importImage(world, image, keptAs(datastore, found?.format ?? 'raw'))
  else build(world, image, datastore)
  return image.id
}

/** What the datastore's driver makes of a disk when it has downloaded it (`CONVERT_CMD` in fs/cp). */
function keptAs({ template }: Datastore, format: string): string {
  const wanted = single(template, 'DRIVER')
  const keeps = single(template, 'CONVERT').toLowerCase() === 'no' || !/^(raw|qcow2)$/.test(wanted)
  return keeps ? format : wanted
}

/** MiB of an image that is made empty. A local file counts as 1: the sandbox never looks at its own files. */
function sizeOf(template: Template, path: string): number {
  const text = path === '' ? single(template, 'SIZE') : '1'
  if (!/^\d+$/.test(text)) throw internal('Cannot parse image SIZE: Wrong number or missing SIZE attribute.')
  return Number(text)
}

function described(
  { world, user }: Call,
  template: Template,
): Pick<Image, 'name' | 'type' | 'path' | 'persistent' | 'template'> {
  const name = single(template, 'NAME')
  const typeName = single(template, 'TYPE').toUpperCase() || 'OS'
  const type = TYPES.indexOf(typeName)
  const nameProblem = newNameError(world.images, user.id, name)
  if (nameProblem) throw notAllocated(KINDS.image, nameProblem)
  if (type === -1) throw notAllocated(KINDS.image, `Unknown type ${typeName}`)
  return {
    name,
    type,
    path: single(template, 'PATH'),
    persistent: isYes(single(template, 'PERSISTENT')),
    template: { DEV_PREFIX: [typeName === 'CDROM' ? 'hd' : 'sd'], ...without(template, FIELDS) },
  }
}

/** An empty image becomes READY after a while; a local file never does. */
function build(world: World, image: Image, datastore: Datastore): void {
  if (image.path === '') image.format = 'raw'
  else image.failure = `Not allowed to copy image from ${image.path}, check ${restriction(datastore)} in your datastore`
  world.later('image', 'image', image)
}

const restriction = (datastore: Datastore): string =>
  single(datastore.template, 'RESTRICTED_DIRS') === '' ? 'SAFE_DIRS' : 'RESTRICTED_DIRS'

/** Downloads in the background; the image stays LOCKED until then. */
function importImage(world: World, image: Image, format: string): void {
  image.importing = format
  const work = download(world.fetch, image.path)
    .then(
      sha256 => {
        image.sha256 = sha256
        world.statistics.downloads += 1
      },
      () => {
        image.failure = `Error downloading ${image.path}`
      },
    )
    .then(() => {
      world.background.delete(work)
      // After a reset, another image may have its number.
      if (world.images.get(image.id) === image) world.later('image', 'image', image)
    })
  world.background.add(work)
}

/** After a restart: what was being downloaded starts again. */
export function resumeImports(world: World): void {
  for (const image of world.images.all()) {
    const ended = image.sha256 !== undefined || image.failure !== undefined
    if (image.importing !== undefined && !ended) importImage(world, image, image.importing)
  }
}

const CLONABLE: readonly number[] = [ImageState.READY, ImageState.USED, ImageState.CLONE]

function clone(call: Call, id: number, name: string, datastoreId: number): number {
  const { world, user } = call
  const source = acquire(call, world.images, id, 'USE')
  const datastore = datastoreId === -1 ? source.datastore : acquire(call, world.datastores, datastoreId, 'USE').id
  const problem = newNameError(world.images, user.id, name)
  if (problem) throw notAllocated(KINDS.image, problem)
  if (!CLONABLE.includes(source.state)) {
    throw notAllocated(KINDS.image, `Cannot clone image in state: ${imageStateName(source)}`)
  }
  const { type, size, persistent, format, template } = source
  checkQuota(world, user, forImage({ datastore, size }))
  const image = addImage(call, {
    ...{ name, type, size, persistent, format, template: without(template, ['ERROR']), datastore },
    path: source.source,
    cloningId: source.id,
  })
  source.clones.push(image.id)
  if (source.state === ImageState.READY) setImageState(source, persistent ? ImageState.CLONE : ImageState.USED)
  world.later('clone', 'image', image)
  return image.id
}

const LOCKED = 'Image locked, use --force flag to remove the image. Force delete may leave some files on Datastore'

/** What is being imported, copied or saved goes only by force. */
function remove(call: Call, id: number, force: boolean): number {
  const { world } = call
  const image = acquire(call, world.images, id, 'MANAGE')
  if (isLocked(image) && !force) throw new OneError(ErrorCode.INTERNAL, LOCKED, id)
  // An image that is not persistent is in use while it is copied, by no VM
  if (image.state === ImageState.CLONE) {
    throw refused(`Cannot delete image. There are ${image.clones.length} active clone operations.`)
  }
  if (image.vms.length > 0 || image.clones.length > 0) {
    throw refused(`Cannot delete image. There are ${image.vms.length} VMs using it.`)
  }
  setImageState(image, ImageState.DELETE)
  // Without a file, there is nothing that takes time
  if (image.source === '') finishImage(world, image)
  else world.later('remove', 'image', image)
  return id
}

function enable(call: Call, id: number, enabled: boolean): number {
  const image = acquire(call, call.world.images, id, 'MANAGE')
  const allowed: readonly number[] = [ImageState.READY, ImageState.DISABLED, ImageState.ERROR]
  if (!allowed.includes(image.state)) {
    throw internal(
      `Could not ${enabled ? 'enable' : 'disable'} image: Image cannot be in state ${imageStateName(image)}.`,
    )
  }
  setImageState(image, enabled ? ImageState.READY : ImageState.DISABLED)
  return id
}

function setPersistent(call: Call, id: number, persistent: boolean): number {
  const image = acquire(call, call.world.images, id, 'MANAGE')
  if (image.vms.length > 0 || image.clones.length > 0) {
    const wish = persistent ? 'persistent' : 'non-persistent'
    throw refused(`Could not make image ${wish}: Image cannot be in state ${imageStateName(image)}.`)
  }
  image.persistent = persistent
  return id
}

function changeType(call: Call, id: number, typeName: string): number {
  const image = acquire(call, call.world.images, id, 'MANAGE')
  const type = TYPES.indexOf(typeName.toUpperCase())
  if (type === -1) throw internal(`Unknown type ${typeName}`)
  image.type = type
  return id
}

export const IMAGE_METHODS: MethodTable = {
  ...documentedMethods(IMAGE),
  'one.image.allocate': method([string, int, bool.or(true)], allocate),
  'one.image.clone': method([int, string, int.or(-1)], clone),
  'one.image.delete': method([int, bool.or(false)], remove),
  'one.image.enable': method([int, bool], enable),
  'one.image.persistent': method([int, bool], setPersistent),
  'one.image.chtype': method([int, string], changeType),
}
