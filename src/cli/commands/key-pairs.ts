// The commands of key pairs.
import type { Command, RequestOperand } from '../command.ts'
import { contentOf } from '../files.ts'
import { base64, only } from './common.ts'

const KEYPAIR: RequestOperand = { name: 'NAME', about: 'Name of the key pair', fills: 'KeyName' }

export const keyPairCommands: readonly Command[] = [
  {
    name: 'econe-create-keypair',
    action: 'CreateKeyPair',
    purpose: 'Create a key pair and print its private key',
    details: 'The private key is shown this once; the cloud does not keep it.',
    operands: [KEYPAIR],
    options: [],
    output: { lines: ['keyName: {keyName}', 'Fingerprint: {keyFingerprint}', 'Private Key:', '{keyMaterial}'] },
    example: `$ econe-create-keypair helen-key
keyName: helen-key
Fingerprint: 1f:51:ae:28:bf:89:e9:d8:1f:25:5d:37:2d:7d:b8:ca:9f:f5:f1:6f
Private Key:
-----BEGIN RSA PRIVATE KEY-----
…`,
  },
  {
    name: 'econe-import-keypair',
    action: 'ImportKeyPair',
    purpose: 'Import the public key of a key pair that you have',
    operands: [KEYPAIR],
    options: [
      {
        name: 'file',
        short: 'f',
        value: 'FILE',
        about: 'Public key as ssh-keygen writes it, such as ~/.ssh/id_ed25519.pub',
        required: true,
        fills: ([path = '']) => ({ PublicKeyMaterial: base64(contentOf(path)) }),
      },
    ],
    output: { lines: ['keyName: {keyName}', 'Fingerprint: {keyFingerprint}'] },
    example: `$ econe-import-keypair helen-key -f ~/.ssh/id_ed25519.pub
keyName: helen-key
Fingerprint: PqTwFyUZ9LZ3pXCrfVmVZpMK6bLC4tQUkO7T3wT0yKY=`,
  },
  {
    name: 'econe-delete-keypair',
    action: 'DeleteKeyPair',
    purpose: 'Delete a key pair',
    details: 'Instances keep the public key they were run with.',
    operands: [KEYPAIR],
    options: [],
    output: { lines: ['Success: Deleting {KeyName}'] },
    example: '$ econe-delete-keypair helen-key\nSuccess: Deleting helen-key',
  },
  {
    name: 'econe-describe-keypairs',
    action: 'DescribeKeyPairs',
    purpose: 'List key pairs',
    operands: [only(KEYPAIR)],
    options: [],
    output: {
      rows: 'keySet/item',
      columns: [
        { head: 'KeyName', width: 15, of: 'keyName' },
        { head: 'Fingerprint', width: 59, of: 'keyFingerprint' },
      ],
    },
    example: `$ econe-describe-keypairs -H
KeyName         Fingerprint
------------------------------------------------------------------------------
helen-key       1f:51:ae:28:bf:89:e9:d8:1f:25:5d:37:2d:7d:b8:ca:9f:f5:f1:6f`,
  },
]
