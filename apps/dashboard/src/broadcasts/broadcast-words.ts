import type { BroadcastRow, SuccessRule } from '@quarterdeck/domain'

export const broadcastTone: Readonly<Record<BroadcastRow['state'], string>> = {
  running: 'text-info',
  succeeded: 'text-ready',
  failed: 'text-bad',
  cancelled: 'text-calm',
}

export function ruleWords(success: SuccessRule): string {
  switch (success.rule) {
    case 'all':
      return 'every node succeeds'
    case 'share':
      return `at least ${success.percent} % succeed`
    case 'any':
      return 'any node succeeds'
  }
}
