/** Hashing and secrets, given by whoever starts the control plane: Node's in production, small deterministic ones in the simulator. */
export type Crypto = {
  /** SHA-256 of the text in UTF-8, 64 hex digits. */
  sha256Hex(text: string): string
  /** HMAC-SHA256 of the text with the key, both in UTF-8, 64 hex digits. */
  hmacSha256Hex(key: string, text: string): string
  /** `bytes` unguessable bytes as base64url without padding. */
  randomSecret(bytes: number): string
  /** Compares in a time that does not tell where they differ. */
  equalTexts(left: string, right: string): boolean
}

/** Slow hashing of passwords (argon2id), bounded in how many run at once. Both calls reject with `HasherBusy` when too many wait. */
export type PasswordHasher = {
  /** In PHC form. */
  hash(password: string): Promise<string>
  verify(storedHash: string, password: string): Promise<boolean>
  /** Whether the hash was made with weaker parameters than today's. */
  outdated(storedHash: string): boolean
}

/** Too many passwords wait to be hashed: try again in a moment. */
export class HasherBusy extends Error {
  override readonly name = 'HasherBusy'
}
