// Calls about documents: what OpenNebula keeps for whoever asks, by a type that is the asker's own.
import { DOCUMENT } from '../documents.ts'
import { type TemplateData, writeTemplate } from '../xml/template.ts'
import { type PoolOptions, range, read, WHOSE, write } from './common.ts'

export interface DocumentPoolOptions extends PoolOptions {
  readonly type: number
}

export const document = (id: number) => read(DOCUMENT, 'one.document.info', id, false)
/** The documents of a type; one's own, where nothing else is said. */
export const documentPool = ({ type, whose = WHOSE.OWN, ...which }: DocumentPoolOptions) =>
  read(DOCUMENT, 'one.documentpool.info', whose, ...range(which), type)
/** Makes a document; answers its id. Another of the same name is no hindrance. */
export const allocateDocument = (type: number, data: TemplateData) =>
  write('one.document.allocate', writeTemplate(data), type)
