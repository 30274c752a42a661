'use client'

import type { ReactNode } from 'react'
import { type Problem, toProblem } from '../api/problem.ts'
import { PageHeader } from './layout.tsx'
import { Empty, Failed, Skeleton } from './states.tsx'

type Props = {
  /** What the page is of: "Operation". */
  readonly title: string
  /** The question that has no answer yet. */
  readonly asked: { readonly error: unknown; readonly refetch: () => unknown }
  /** Which refusal means that there is no such thing, what to say then, and a way on. */
  readonly missing: {
    readonly code: Problem['code']
    readonly text: (problem: Problem) => string
    readonly more: ReactNode
  }
}

/** Stands for a page while what it is of is not there: it is being loaded, there is none, or it could not be loaded. */
export function NotLoaded({ title, asked, missing }: Props) {
  if (!asked.error) return <Skeleton rows={8} />
  const problem = toProblem(asked.error)
  return (
    <>
      <PageHeader title={title} />
      {problem.code === missing.code ? (
        <Empty title={missing.text(problem)}>{missing.more}</Empty>
      ) : (
        <div className="p-4">
          <Failed
            what={`The ${title.toLowerCase()} could not be loaded.`}
            problem={problem}
            onRetry={() => void asked.refetch()}
          />
        </div>
      )}
    </>
  )
}
