/** Quotes one word for a POSIX shell, only when it needs it. */
export function quote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`
}

/** A `qd` command line that does what a dialog would do. */
export function commandLine(words: readonly string[]): string {
  return ['qd', ...words].map(quote).join(' ')
}
