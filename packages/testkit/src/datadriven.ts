/** One line of a transcript that asks for something: `beat session=s1 at=1000`. */
export type Directive = {
  readonly command: string
  /** The `key=value` words after the command. */
  readonly args: Readonly<Record<string, string>>
  /** Line of the file, from 1. */
  readonly line: number
}

const SEPARATOR = '----'

/**
 * Replays a transcript and returns it with every answer replaced by what `handle` says now, so that a test is one comparison and its
 * failure reads as a difference of two stories.
 *
 * A transcript is a list of blocks. A block is one or more directive lines, a line `----`, the expected answer, and an empty line.
 * Lines that start with `#` tell the story. The same state runs through the whole file. Idea: cockroachdb/datadriven.
 */
export function replayTranscript(text: string, handle: (directive: Directive) => string): string {
  const output: string[] = []
  let answer: string[] = []
  let isAnswer = false

  for (const [index, line] of text.split('\n').entries()) {
    if (isAnswer) {
      // The old answer is dropped; an empty line ends it.
      if (line !== '') continue
      isAnswer = false
      output.push(line)
    } else if (line === SEPARATOR) {
      output.push(line, ...answer)
      answer = []
      isAnswer = true
    } else {
      output.push(line)
      if (line === '' || line.startsWith('#')) continue
      answer.push(...handle(parseDirective(line, index + 1)).split('\n'))
    }
  }
  if (answer.length > 0) throw new Error(`the transcript ends without ${SEPARATOR} after its last directive`)
  return output.join('\n')
}

function parseDirective(text: string, line: number): Directive {
  const [command = '', ...words] = text.trim().split(/\s+/)
  const args: Record<string, string> = {}
  for (const word of words) {
    const at = word.indexOf('=')
    if (at < 1) throw new Error(`line ${line}: expected key=value, found "${word}"`)
    args[word.slice(0, at)] = word.slice(at + 1)
  }
  return { command, args, line }
}
