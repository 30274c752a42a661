/**
 * Which entry a key goes to: arrows, Home, End, and a letter to the next entry that begins with it.
 *
 * @param at the entry that has the focus, -1 when none has
 * @returns its place in the list; `at` when the key leads nowhere
 */
export function itemAfterKey(key: string, at: number, texts: readonly string[]): number {
  const last = texts.length - 1
  switch (key) {
    case 'ArrowDown':
      return Math.min(at + 1, last)
    case 'ArrowUp':
      return at < 0 ? last : Math.max(at - 1, 0)
    case 'Home':
      return 0
    case 'End':
      return last
    default: {
      if (key.length !== 1) return at
      const begins = (text: string | undefined) => text?.toLowerCase().startsWith(key.toLowerCase()) === true
      const steps = texts.map((_, step) => (Math.max(at, -1) + 1 + step) % texts.length)
      return steps.find((each) => begins(texts[each])) ?? at
    }
  }
}
