// The commands of images.
import type { Answer } from '../answer.ts'
import type { Command } from '../command.ts'
import { type Ec2Parameters, query, type Session } from '../query.ts'
import { upload } from '../upload/command.ts'
import { DESCRIPTION, IMAGE, INSTANCE, only } from './common.ts'

/** AWS's location is the owner's number and the name; econe's was the name alone, and the owner has a column already. */
const nameOf = (image: Answer) => image.text('imageLocation').replace(/^\d{12}\//, '')

/** An image is copied within the region that the request is for, whose name its zones tell. */
async function copyImage(session: Session, parameters: Ec2Parameters): Promise<Answer> {
  const zones = await query(session, 'DescribeAvailabilityZones', {})
  return query(session, 'CopyImage', {
    ...parameters,
    SourceRegion: zones.text('availabilityZoneInfo/item/regionName'),
  })
}

const isPublic = (image: Answer) => (image.text('isPublic') === 'true' ? 'public' : 'private')

export const imageCommands: readonly Command[] = [
  {
    name: 'econe-upload',
    purpose: 'Upload a disk image',
    details:
      'Of any size, over any link: it is sent in parts, what gets lost is sent again, and after Ctrl-C or a lost link the same ' +
      'command goes on where it broke off. All of it is verified. Images that are compressed (gz, xz, zst, bz2) are ' +
      'unpacked on the way. An image is made of it, named after the file unless --name says otherwise; no other image of ' +
      'the account may have that name. econe-register takes the id, as it always did. An old econe server gets the file in ' +
      'one form. The exit status is 0 when all is done, 130 after Ctrl-C, else 1.',
    operands: [{ name: 'IMAGE-PATH', about: 'File to upload' }],
    options: [
      { name: 'name', short: 'n', value: 'NAME', about: 'Name of the image (default: that of the file)' },
      { name: 'description', short: 'd', value: 'TEXT', about: 'Description of the image' },
      { name: 'tag', short: 't', value: 'KEY[=VALUE]', about: 'Tag of the image; may be repeated', many: true },
      { name: 'architecture', value: 'ARCH', about: 'Architecture of the image: x86_64, arm64, i386' },
      { name: 'register', about: 'Make an image of it, which is done anyway' },
      { name: 'no-register', about: 'Only store it, and say how to make an image of it' },
      { name: 'wait', short: 'w', about: 'Wait until the image is available' },
      { name: 'keep', about: 'Leave the file in the bucket when the image is made' },
      { name: 'parallel', value: 'N', about: 'Parts on their way at a time', initial: '4' },
      { name: 'retries', value: 'N', about: 'How often a part is tried again', initial: '10' },
      { name: 'restart', about: 'Begin anew, whatever is there of an earlier upload of the file' },
      { name: 'abort', about: 'Give up an earlier upload of the file instead' },
      { name: 'multipart', short: 'M', about: "Upload in one form, multipart/form-data, as econe's own client did" },
    ],
    example: `$ econe-upload /images/gentoo.img
Success: ImageId ami-00000001
$ econe-upload -n web -t stage=test --wait debian-13.qcow2.xz
Success: ImageId ami-00000002`,
    run: upload,
  },
  {
    name: 'econe-register',
    action: 'RegisterImage',
    purpose: 'Register an uploaded image, so that instances can run it',
    operands: [{ name: 'IMAGE-ID', about: 'Image, as econe-upload printed it', fills: 'ImageLocation' }],
    options: [{ name: 'name', short: 'n', value: 'NAME', about: 'Name of the image', fills: 'Name' }, DESCRIPTION],
    output: { lines: ['Success: ImageId {imageId}'] },
    example: '$ econe-register ami-00000001\nSuccess: ImageId ami-00000001',
  },
  {
    name: 'econe-describe-images',
    action: 'DescribeImages',
    purpose: 'List images that instances can run',
    operands: [only(IMAGE)],
    options: [
      {
        name: 'marketplace',
        about: "List those that can be had in the cloud's marketplace instead: econe-copy-image makes one an own image",
        fills: () => ({ 'Owner.1': 'aws-marketplace' }),
      },
    ],
    output: {
      rows: 'imagesSet/item',
      columns: [
        { head: 'Owner', width: 12, of: 'imageOwnerAlias|imageOwnerId', owner: true },
        { head: 'ImageId', width: 13, of: 'imageId' },
        { head: 'Status', width: 14, of: 'imageState' },
        { head: 'Visibility', width: 12, of: isPublic },
        { head: 'Location', width: 20, of: nameOf },
      ],
    },
    example: `$ econe-describe-images -H
Owner        ImageId       Status         Visibility   Location
------------------------------------------------------------------------------
helen        ami-00000001  available      private      gentoo.img`,
  },
  {
    name: 'econe-deregister',
    action: 'DeregisterImage',
    purpose: 'Deregister an image, so that no more instances can run it',
    details: 'Instances that run it already are left alone. Its disk is deleted, as soon as none of them uses it.',
    operands: [{ ...IMAGE, fills: ([ImageId = '']) => ({ ImageId, DeleteAssociatedSnapshots: 'true' }) }],
    options: [],
    output: { lines: ['Success: Deregistering {ImageId}'] },
    example: '$ econe-deregister ami-00000001\nSuccess: Deregistering ami-00000001',
  },
  {
    name: 'econe-create-image',
    action: 'CreateImage',
    purpose: 'Create an image from the disk of an instance',
    operands: [INSTANCE],
    options: [
      { name: 'name', short: 'n', value: 'NAME', about: 'Name of the image', required: true, fills: 'Name' },
      DESCRIPTION,
      {
        name: 'no-reboot',
        about: 'Do not stop the instance meanwhile; its file systems may be caught in mid-write',
        fills: 'NoReboot',
      },
    ],
    output: { lines: ['Success: ImageId {imageId}'] },
    example: "$ econe-create-image -n 'web server (ready)' i-00000015\nSuccess: ImageId ami-00000002",
  },
  {
    name: 'econe-copy-image',
    action: 'CopyImage',
    purpose: 'Copy an image, or make an own image of one in the marketplace',
    details: 'Instances can run it as soon as econe-describe-images shows it as available.',
    operands: [{ ...IMAGE, fills: 'SourceImageId' }],
    options: [
      { name: 'name', short: 'n', value: 'NAME', about: 'Name of the copy', required: true, fills: 'Name' },
      DESCRIPTION,
    ],
    output: { lines: ['Success: ImageId {imageId}'] },
    example: `$ econe-copy-image -n debian ami-00000000000000003\nSuccess: ImageId ami-1b419cce34696eb80`,
    send: copyImage,
  },
]
