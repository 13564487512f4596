// Fields that several forms about images have.
import { texts } from '../../texts.ts'
import { type TextField, text, textOf } from '../../ui/fields.ts'

const words = texts.images

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RegisterImage.html */
const NAME = /^[\w()[\] ./'@-]{3,128}$/

/** The name of an image. */
export const nameField = (initial: string): TextField =>
  text(words.name, {
    ...{ initial, required: true, hint: words.nameHint },
    check: ({ name }) => (NAME.test(textOf(name)) ? undefined : words.nameHint),
  })
