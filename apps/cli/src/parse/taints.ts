import { type Taint, type Toleration, taintEffects, taintSchema, tolerationSchema } from '@quarterdeck/domain'
import { UsageError } from '../failure.ts'

/** `key:no-schedule`, `key=value:prefer-not`. */
export function taintOf(text: string): Taint {
  const at = text.lastIndexOf(':')
  const [key = '', value = ''] = splitPair(at < 0 ? text : text.slice(0, at))
  const read = taintSchema.safeParse({ key, value, effect: at < 0 ? '' : text.slice(at + 1) })
  if (!read.success)
    throw new UsageError(
      `taint ${JSON.stringify(text)} is not accepted: write key:effect or key=value:effect, with ${taintEffects.join(' or ')}`,
    )
  return read.data
}

/** `key`, `key=value`. */
export function tolerationOf(text: string): Toleration {
  const [key, value] = splitPair(text)
  const read = tolerationSchema.safeParse({ key, ...(value === undefined ? {} : { value }) })
  if (!read.success) throw new UsageError(`--tolerate ${JSON.stringify(text)} is not accepted: write key or key=value`)
  return read.data
}

function splitPair(text: string): readonly [string, string | undefined] {
  const at = text.indexOf('=')
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)]
}
