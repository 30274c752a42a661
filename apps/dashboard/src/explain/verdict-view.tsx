'use client'

import type { NodeVerdict } from '@quarterdeck/domain'

const tones: Record<NodeVerdict['outcome'], { readonly glyph: string; readonly className: string }> = {
  chosen: { glyph: '●', className: 'text-ready' },
  eligible: { glyph: '●', className: 'text-info' },
  removed: { glyph: '▲', className: 'text-warn' },
  'not-known': { glyph: '○', className: 'text-muted' },
}

/** Why, or why not, on one node: the sentence, and the one change that would help. */
export function VerdictView({ verdict, when }: { readonly verdict: NodeVerdict; readonly when: string }) {
  const { glyph, className } = tones[verdict.outcome]
  return (
    <div className="flex gap-2">
      <span aria-hidden className={className}>
        {glyph}
      </span>
      <div className="min-w-0">
        <p>
          <span className="text-muted">{when}: </span>
          {verdict.sentence}
        </p>
        {verdict.remedy && <p className="text-info">{verdict.remedy}</p>}
      </div>
    </div>
  )
}
