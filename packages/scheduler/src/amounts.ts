/** `22 %` from a share of 0..1. */
export function shareInWords(share: number): string {
  return `${Math.round(share * 100)} %`
}

/** `1 node`, `14 nodes`. */
export function countInWords(count: number, noun: string): string {
  return `${count.toLocaleString('en-US')} ${noun}${count === 1 ? '' : 's'}`
}
