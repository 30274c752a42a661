import type { UnixMs } from '@quarterdeck/domain'
import type { LogLine } from '@quarterdeck/domain/wire'

export type LogStream = LogLine['stream']

const letters = { stdout: 'o', stderr: 'e', marker: 'm' } as const satisfies Record<LogStream, string>
const streams: Readonly<Record<string, LogStream>> = { o: 'stdout', e: 'stderr', m: 'marker' }

/** What stands before the text of each stored line: `o 1763681443000 `. */
export function linePrefix(stream: LogStream, atMs: number): Buffer {
  return Buffer.from(`${letters[stream]} ${atMs} `, 'latin1')
}

/**
 * Reads the whole lines of a piece of a log file.
 *
 * @param piece bytes of the file, starting at a line
 * @param offset position of the first byte in the attempt's whole log
 * @returns the lines, each with the offset behind it; a last line without its newline is left for the next piece
 */
export function parseLines(piece: Buffer, offset: number): LogLine[] {
  const lines: LogLine[] = []
  for (let start = 0, end = piece.indexOf(10); end >= 0; start = end + 1, end = piece.indexOf(10, start)) {
    const line = piece.toString('utf8', start, end)
    const textAt = line.indexOf(' ', 2) + 1
    const stream = streams[line.charAt(0)]
    if (!stream || textAt === 0) continue
    lines.push({
      stream,
      atMs: Number(line.slice(2, textAt - 1)) as UnixMs,
      text: line.slice(textAt),
      endOffset: offset + end + 1,
    })
  }
  return lines
}
