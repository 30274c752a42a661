import { open, readdir } from 'node:fs/promises'
import path from 'node:path'
import { limits, type UnixMs } from '@quarterdeck/domain'
import { type AttemptRef, attemptFolder } from '../attempt.ts'
import type { LogReader, LogSlice } from '../attempt-logs.ts'
import { parseLines } from './log-format.ts'

/** One file of the ring, named after the offset at which it begins. */
export type Segment = { readonly base: number; readonly path: string }

export function segmentPath(folder: string, base: number): string {
  return path.join(folder, `${String(base).padStart(16, '0')}.log`)
}

/** The files of one attempt's log, oldest first; empty when there is none. */
export async function listSegments(folder: string): Promise<Segment[]> {
  const names = await readdir(folder).catch(() => [])
  return names
    .filter((name) => name.endsWith('.log'))
    .sort()
    .map((name) => ({ base: Number.parseInt(name, 10), path: path.join(folder, name) }))
}

/** Reads logs of attempts from their files, while the keeper writes them. */
export function logFileReader(logsFolder: string): LogReader {
  return {
    async read(ref: AttemptRef, fromOffset: number, bytesMax: number) {
      const segments = await listSegments(path.join(logsFolder, attemptFolder(ref)))
      return segments.length === 0 ? null : readSlice(segments, fromOffset, bytesMax)
    },
  }
}

export async function readSlice(segments: readonly Segment[], fromOffset: number, bytesMax: number): Promise<LogSlice> {
  const oldest = segments[0]
  if (!oldest) return { lines: [], nextOffset: fromOffset }
  if (fromOffset < oldest.base) {
    const rest = await readSlice(segments, oldest.base, bytesMax)
    return { ...rest, lines: [gapMarker(fromOffset, oldest.base, rest), ...rest.lines] }
  }
  const index = segments.findLastIndex(({ base }) => base <= fromOffset)
  const segment = segments[index] ?? oldest
  const slice = await readFile(segment, fromOffset, Math.max(bytesMax, 2 * limits.logLineBytesMax))
  const next = segments[index + 1]
  if (slice.lines.length > 0 || !next) return slice
  return readSlice(segments, next.base, bytesMax)
}

async function readFile({ base, path: file }: Segment, fromOffset: number, bytesMax: number): Promise<LogSlice> {
  const handle = await open(file, 'r').catch(() => null)
  // The ring dropped it between listing and reading; the next call says so with a marker.
  if (!handle) return { lines: [], nextOffset: fromOffset }
  try {
    // One byte earlier, to see whether the offset stands at the start of a line.
    const peek = fromOffset > base ? 1 : 0
    const buffer = Buffer.alloc(bytesMax + peek)
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, fromOffset - base - peek)
    let start = peek
    if (peek === 1 && buffer[0] !== 10) start = buffer.indexOf(10, 1) + 1 || bytesRead
    const lines = parseLines(buffer.subarray(start, bytesRead), fromOffset - peek + start)
    return { lines, nextOffset: lines.at(-1)?.endOffset ?? fromOffset }
  } finally {
    await handle.close()
  }
}

function gapMarker(fromOffset: number, base: number, rest: LogSlice): LogSlice['lines'][number] {
  return {
    stream: 'marker',
    atMs: rest.lines[0]?.atMs ?? (0 as UnixMs),
    text: `${base - fromOffset} bytes of output are no longer kept here`,
    endOffset: base,
  }
}
