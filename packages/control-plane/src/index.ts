export * from './contract.ts'
export { type Crypto, HasherBusy, type PasswordHasher } from './crypto.ts'
