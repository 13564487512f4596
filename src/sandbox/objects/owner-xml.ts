// How the documents of all objects with an owner begin.
import { plain, wrap } from '../protocol/xml.ts'
import type { Kind, Lock, Owned } from '../world/model.ts'
import type { World } from '../world/world.ts'

/** The document of an object: owner and permissions, then what only its kind has. */
export const objectXml = (world: World, kind: Kind, object: Owned, ...content: string[]): string =>
  wrap(kind.element, ownerXml(world, object), permissionsXml(object), ...content)

const BITS = ['U', 'M', 'A']

/** PERMISSIONS, and LOCK where there is one. */
export const permissionsXml = ({ permissions, lock }: Owned): string =>
  wrap(
    'PERMISSIONS',
    ...['OWNER', 'GROUP', 'OTHER'].flatMap((who, row) =>
      BITS.map((bit, column) => plain(`${who}_${bit}`, permissions[row * 3 + column] ?? 0)),
    ),
  ) + (lock ? lockXml(lock) : '')

const lockXml = ({ level, uid, time, requestId }: Lock): string =>
  wrap('LOCK', plain('LOCKED', level), plain('OWNER', uid), plain('TIME', time), plain('REQ_ID', requestId))

/** ID to NAME, with which almost every document of an owned object begins. */
export const ownerXml = (world: World, object: Owned): string => ownersXml(world, object) + plain('NAME', object.name)

/** The same without the NAME. */
export const ownersXml = (world: World, object: Owned): string =>
  plain('ID', object.id) +
  plain('UID', object.uid) +
  plain('GID', object.gid) +
  plain('UNAME', world.userName(object.uid)) +
  plain('GNAME', world.groupName(object.gid))
