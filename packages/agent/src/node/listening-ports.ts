import { readFileSync } from 'node:fs'

/** The TCP ports of this machine that some program listens on; empty where the machine does not tell. */
export function listeningPorts(): ReadonlySet<number> {
  return new Set(['/proc/net/tcp', '/proc/net/tcp6'].flatMap((file) => listeningIn(read(file))))
}

/** Local ports in state LISTEN (0A) of a table as Linux writes it: `sl local_address rem_address st …`, addresses as hex. */
export function listeningIn(table: string): number[] {
  return table
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter((fields) => fields[3] === '0A')
    .map((fields) => Number.parseInt(fields[1]?.split(':')[1] ?? '', 16))
    .filter((port) => port > 0)
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
