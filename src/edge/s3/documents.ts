// The documents that requests bring.
import { limits } from '../../limits.ts'
import { readDocument } from '../../s3/body.ts'
import { type Element, parseDocument } from '../../s3/document.ts'
import { S3Error } from '../../s3/errors.ts'
import type { ServiceCall } from './call.ts'

/**
 * The document in the body of a request, of bounded size, that is what its signature and its checksums say.
 * @param root    the name of its root element
 * @param headers those that are about the document
 * @throws S3Error MissingRequestBodyError, MalformedXML, and what is wrong with the body
 */
export async function documentOf(
  { request, authentic, headers: own }: ServiceCall,
  root: string,
  headers = own,
): Promise<Element> {
  const bytes = await readDocument(request, { ...authentic, headers }, limits.s3Document.most)
  if (bytes.length === 0) throw new S3Error('MissingRequestBodyError', 'Request Body is empty')
  return parseDocument(bytes, root)
}
