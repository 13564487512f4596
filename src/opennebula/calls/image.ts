// Calls about images.
import type { DocumentType } from '../xml/document-type.ts'
import { type TemplateData, writeTemplate } from '../xml/template.ts'
import { pool, read, write } from './common.ts'

/** The calls that read images, as documents of a type. */
export const imageReads = <T>(type: DocumentType<T>) => ({
  image: (id: number) => read(type, 'one.image.info', id, false),
  imagePool: pool(type, 'one.imagepool.info'),
})

/** Makes an image; answers its id before the import is done. Looks at the URL in PATH first. */
export const allocateImage = (data: TemplateData, datastore: number) =>
  write('one.image.allocate', writeTemplate(data), datastore, true)
/** Copies an image; answers the copy's id. Without a datastore, into the image's own. */
export const cloneImage = (id: number, name: string, datastore = -1) => write('one.image.clone', id, name, datastore)
export const setImagePersistent = (id: number, persistent: boolean) => write('one.image.persistent', id, persistent)
/** Lets an image be used, or nobody; of one that VMs use that is refused. */
export const enableImage = (id: number, enabled: boolean) => write('one.image.enable', id, enabled)
export const setImageType = (id: number, type: 'OS' | 'DATABLOCK' | 'CDROM') => write('one.image.chtype', id, type)
/** Deletes an image whatever OpenNebula does with it at the moment. Files of it may stay in the datastore. */
export const removeByForce = (image: number) => write('one.image.delete', image, true)
