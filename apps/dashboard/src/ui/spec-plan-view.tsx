'use client'

type SpecPlan = {
  readonly act: 'create' | 'update' | 'unchanged'
  readonly steps: readonly string[]
  readonly changes: readonly { readonly path: string; readonly before: string | null; readonly after: string | null }[]
}

/** What applying a file would change, and what follows from it. */
export function SpecPlanView({ plan: { act, steps, changes } }: { readonly plan: SpecPlan }) {
  return (
    <section aria-label="Plan" className="flex flex-col gap-2">
      <ol className="list-decimal pl-5">
        {steps.map((step) => (
          <li key={step}>{step}</li>
        ))}
      </ol>
      {changes.length > 0 && (
        <details open={act === 'update'}>
          <summary className="cursor-pointer font-medium">What differs ({changes.length})</summary>
          <ul className="max-h-48 overflow-auto font-mono text-compact">
            {changes.map(({ path, before, after }) => (
              <li key={path} className="border-b border-line py-1 last:border-0">
                <span className="text-muted">{path}</span>
                {before !== null && <div className="break-all text-bad">− {before}</div>}
                {after !== null && <div className="break-all text-ready">+ {after}</div>}
              </li>
            ))}
          </ul>
        </details>
      )}
    </section>
  )
}
