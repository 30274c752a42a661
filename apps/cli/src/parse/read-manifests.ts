import { readFile } from 'node:fs/promises'
import { readAmounts } from '@quarterdeck/domain'
import { parseAllDocuments } from 'yaml'
import { UsageError } from '../failure.ts'
import type { Io } from '../io.ts'

/** One thing that a file asks for. */
export type Manifest = {
  readonly kind: string
  /** Without `kind`; durations and sizes are numbers already. */
  readonly body: Readonly<Record<string, unknown>>
  /** File and place in it, for messages. */
  readonly where: string
}

const FILE_BYTES_MAX = 1024 * 1024

/** Reads files of YAML or JSON, several documents each; `-` is what is piped in. */
export async function readManifests(files: readonly string[], io: Io): Promise<Manifest[]> {
  const manifests: Manifest[] = []
  for (const file of files) manifests.push(...manifestsOf(file === '-' ? await io.readAll() : await textOf(file), file))
  if (manifests.length === 0) throw new UsageError(`${files.join(', ')} asks for nothing`)
  return manifests
}

function manifestsOf(text: string, file: string): Manifest[] {
  // No custom tags, and few aliases: a file must not grow when it is read.
  const documents = parseAllDocuments(text)
  return [...documents].flatMap((document, index) => {
    const where = documents.length > 1 ? `${file}, document ${index + 1}` : file
    const [error] = document.errors
    if (error) throw new UsageError(`${where}: ${error.message.split('\n')[0]}`)
    const value = readAmounts(document.toJS({ maxAliasCount: 100 }))
    if (value === null) return []
    if (typeof value !== 'object' || Array.isArray(value)) throw new UsageError(`${where} must hold names and values`)
    const { kind, ...body } = value as Record<string, unknown>
    if (typeof kind !== 'string') throw new UsageError(`${where} must say its kind, such as "kind: service"`)
    return [{ kind, body, where }]
  })
}

async function textOf(file: string): Promise<string> {
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (cause) {
    throw new UsageError(`${file} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`)
  }
  if (text.length > FILE_BYTES_MAX) throw new UsageError(`${file} is larger than ${FILE_BYTES_MAX} bytes`)
  return text
}
