/** 32 bits of a text, well mixed: FNV-1a, then the finaliser of MurmurHash3. Not for secrets. */
export function hashText(text: string): number {
  let hash = 0x811c9dc5
  for (let position = 0; position < text.length; position++) {
    hash = Math.imul(hash ^ text.charCodeAt(position), 0x01000193)
  }
  return mixBits(hash)
}

/** One number out of two, as well mixed as either. */
export function hashPair(left: number, right: number): number {
  return mixBits(Math.imul(left, 0x9e3779b1) ^ (right + 0x7f4a7c15))
}

function mixBits(value: number): number {
  let hash = value
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}
