import {
  parseTaint,
  parseToleration,
  type Taint,
  type Toleration,
  taintHint,
  tolerationHint,
} from '@quarterdeck/domain'
import { UsageError } from '../failure.ts'

export function taintOf(text: string): Taint {
  const taint = parseTaint(text)
  if (taint) return taint
  throw new UsageError(`taint ${JSON.stringify(text)} is not accepted: write ${taintHint}`)
}

export function tolerationOf(text: string): Toleration {
  const toleration = parseToleration(text)
  if (toleration) return toleration
  throw new UsageError(`--tolerate ${JSON.stringify(text)} is not accepted: write ${tolerationHint}`)
}
