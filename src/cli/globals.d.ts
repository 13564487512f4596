// Global types that the Workers runtime has, and Node has as well, but whose typings keep them in a module.

type CryptoKey = import('node:crypto').webcrypto.CryptoKey
