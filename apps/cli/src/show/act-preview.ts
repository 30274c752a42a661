import type { ActPreview } from '@quarterdeck/domain'

/** What an act would do, the worries first. */
export function describeActPreview({ act, nodeIds, sentences }: ActPreview): string {
  const lines = sentences.map(({ tone, text }) => `${tone === 'warn' ? '!' : ' '} ${text}`)
  return [`If you ${act} ${nodeIds.join(', ')} now:`, ...lines].join('\n')
}
