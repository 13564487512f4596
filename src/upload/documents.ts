// The documents that an upload sends to the S3 door.

/** A part that is to be stored past the endpoint. */
export interface AnnouncedPart {
  readonly number: number
  /** Bytes. */
  readonly size: number
  /** Of its bytes, in base64. */
  readonly md5: string
}

/** Asks where a part may be stored in R2 itself. */
export const beginParts = ({ number, size, md5 }: AnnouncedPart): string =>
  '<BeginParts><Part>' +
  `<PartNumber>${number}</PartNumber><Size>${size}</Size><ContentMD5>${md5}</ContentMD5>` +
  '</Part></BeginParts>'

/** Says that it is there. @param piece what the endpoint called it */
export const finishParts = (piece: string): string => `<FinishParts><Part><Piece>${piece}</Piece></Part></FinishParts>`

/** Makes an object of parts. @param etags in the order of the parts, without quotes */
export function completeUpload(etags: readonly string[]): string {
  const parts = etags.map((etag, index) => `<Part><PartNumber>${index + 1}</PartNumber><ETag>"${etag}"</ETag></Part>`)
  const namespace = 'http://s3.amazonaws.com/doc/2006-03-01/'
  return `<CompleteMultipartUpload xmlns="${namespace}">${parts.join('')}</CompleteMultipartUpload>`
}
