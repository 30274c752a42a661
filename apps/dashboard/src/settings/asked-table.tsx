'use client'

import type { ReactNode } from 'react'
import { toProblem } from '../api/problem.ts'
import { Empty, Failed, Skeleton } from '../ui/states.tsx'
import { SimpleTable } from './simple-table.tsx'

type Props<Row> = {
  /** What the rows are, in the plural: "API tokens". */
  readonly label: string
  readonly asked: {
    readonly data: readonly Row[] | undefined
    readonly error: unknown
    readonly refetch: () => unknown
  }
  readonly titles: readonly string[]
  /** In place of an empty table. */
  readonly empty: string
  readonly row: (row: Row) => ReactNode
}

/** A table of what was asked for, and what stands for it while it is not there or could not be loaded. */
export function AskedTable<Row>({ label, asked, titles, empty, row }: Props<Row>) {
  const { data, error, refetch } = asked
  return (
    <>
      {error !== null && (
        <Failed
          what={`The ${label.replace(/^[A-Z](?=[a-z])/, (first) => first.toLowerCase())} could not be loaded.`}
          problem={toProblem(error)}
          onRetry={() => void refetch()}
        />
      )}
      {!data && error === null && <Skeleton rows={3} />}
      {data?.length === 0 && <Empty title={empty} />}
      {data && data.length > 0 && (
        <SimpleTable label={label} titles={titles}>
          {data.map(row)}
        </SimpleTable>
      )}
    </>
  )
}
