import Link from 'next/link'
import type { ComponentProps } from 'react'
import { cx } from './class-names.ts'

/** A link inside the app. Rows of a long list must not each fetch their target ahead, hence no prefetch. */
export function TextLink({ className, ...rest }: ComponentProps<typeof Link>) {
  return (
    <Link
      prefetch={false}
      {...rest}
      className={cx('text-info underline decoration-info/35 underline-offset-2 hover:decoration-info', className)}
    />
  )
}

export function NodeLink({ id }: { readonly id: string }) {
  return <TextLink href={`/node?id=${encodeURIComponent(id)}`}>{id}</TextLink>
}

export function TaskLink({ id, children }: { readonly id: string; readonly children?: string }) {
  return <TextLink href={`/task?id=${encodeURIComponent(id)}`}>{children ?? id}</TextLink>
}

export function ServiceLink({ id }: { readonly id: string }) {
  return <TextLink href={`/service?id=${encodeURIComponent(id)}`}>{id}</TextLink>
}

export function OperationLink({ id, children }: { readonly id: string; readonly children?: string }) {
  return <TextLink href={`/operation?id=${encodeURIComponent(id)}`}>{children ?? id}</TextLink>
}

export function ScheduleLink({ id }: { readonly id: string }) {
  return <TextLink href={`/schedule?id=${encodeURIComponent(id)}`}>{id}</TextLink>
}

export function BroadcastLink({ id, children }: { readonly id: string; readonly children?: string }) {
  return <TextLink href={`/broadcast?id=${encodeURIComponent(id)}`}>{children ?? id}</TextLink>
}
