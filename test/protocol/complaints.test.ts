// What is said of parameters: each sentence names the parameter, and repeats of a value what anyone would read.
import { expect, it } from 'vitest'
import * as complaints from '../../src/protocol/complaints.ts'

const long = 'x'.repeat(5000)
const cut = `${'x'.repeat(100)}…`

it.each([
  [complaints.missing('ImageId'), 'MissingParameter', 'The request must contain the parameter ImageId'],
  [
    complaints.missingFor('iops', 'io1 volumes'),
    'MissingParameter',
    'The parameter iops must be specified for io1 volumes.',
  ],
  [complaints.needsOneOf('KeyName', 'KeyPairId'), 'MissingParameter', 'Either KeyName or KeyPairId must be specified'],
  [
    complaints.needsOneOf('size', 'volumeType', 'iops'),
    'MissingParameter',
    'Either size, volumeType or iops must be specified',
  ],
  [complaints.noneSpecified('launch permissions'), 'MissingParameter', 'No launch permissions specified.'],
  [complaints.invalid('domain', 'moon'), 'InvalidParameterValue', 'Value (moon) for parameter domain is invalid.'],
  [complaints.invalid('domain', ''), 'InvalidParameterValue', 'Value () for parameter domain is invalid.'],
  [
    complaints.invalid('size', 0, 'A volume has 1 GiB or more.'),
    'InvalidParameterValue',
    'Value (0) for parameter size is invalid. A volume has 1 GiB or more.',
  ],
  [
    complaints.invalid('file', undefined, 'It is empty.'),
    'InvalidParameterValue',
    'The value for parameter file is invalid. It is empty.',
  ],
  [complaints.invalid('name', long), 'InvalidParameterValue', `Value (${cut}) for parameter name is invalid.`],
  [complaints.invalid(long, 'a'), 'InvalidParameterValue', `Value (a) for parameter ${cut} is invalid.`],
  [
    complaints.tooLong('name', long, 255),
    'InvalidParameterValue',
    `Value (${cut}) for parameter name is invalid. Length exceeds maximum of 255.`,
  ],
  [
    complaints.outOfRange('maxResults', 4, 'greater than 5'),
    'InvalidParameterValue',
    'Value ( 4 ) for parameter maxResults is invalid. Expecting a value greater than 5.',
  ],
  [
    complaints.tooMany('InstanceId', 1001, 1000),
    'InvalidParameterValue',
    'The parameter InstanceId has 1001 values: it may have at most 1000.',
  ],
  [
    complaints.tooMany('BlockDeviceMapping', 41, 40, 'AttachmentLimitExceeded'),
    'AttachmentLimitExceeded',
    'The parameter BlockDeviceMapping has 41 values: it may have at most 40.',
  ],
  [
    complaints.unknownValue('availability zone', 'mars-1a'),
    'InvalidParameterValue',
    'Invalid availability zone: [mars-1a]',
  ],
  [complaints.unknownValue('region name', long), 'InvalidParameterValue', `Invalid region name: [${cut}]`],
  [complaints.repeated('Action'), 'InvalidParameterValue', 'The parameter Action was given more than once'],
  [complaints.unknownParameter(long), 'UnknownParameter', `The parameter ${cut} is not recognized`],
  [
    complaints.notTogether('instancesSet', 'maxResults'),
    'InvalidParameterCombination',
    'The parameter instancesSet cannot be used with the parameter maxResults',
  ],
  [complaints.unsupported('OutpostArn'), 'UnsupportedOperation', 'The parameter OutpostArn is not supported.'],
  [
    complaints.unsupported('Tenancy', long),
    'UnsupportedOperation',
    `The value (${cut}) for parameter Tenancy is not supported.`,
  ],
  [complaints.invalidBecause('A volume can only grow.'), 'InvalidParameterValue', 'A volume can only grow.'],
  [complaints.combination('Not both.'), 'InvalidParameterCombination', 'Not both.'],
  [complaints.impossible('There are none here.'), 'UnsupportedOperation', 'There are none here.'],
])('%s', (error, code, message) => {
  expect(error).toMatchObject({ name: 'Ec2Error', code, message, status: 400 })
})

it.each([
  [complaints.nobodysCredentials(), 'AuthFailure', 'AWS was not able to validate the provided access credentials', 401],
  [
    complaints.unauthorizedOperation(),
    'UnauthorizedOperation',
    'You are not authorized to perform this operation.',
    403,
  ],
])('%s', (error, code, message, status) => {
  expect(error).toMatchObject({ code, message, status })
})
