'use client'

import { type ComponentProps, type ReactNode, useId } from 'react'
import { cx } from './class-names.ts'

const control =
  'w-full min-h-8 rounded-control border border-control bg-bg px-2 text-form text-text placeholder:text-muted pointer-coarse:min-h-11'

type Shell = {
  readonly label: string
  readonly hint?: ReactNode
  readonly problem?: string | null
  readonly className?: string
}

/** A label, a control, and beneath it what is wrong or what is expected. */
function Shell({
  label,
  hint,
  problem,
  className,
  id,
  children,
}: Shell & { readonly id: string; readonly children: ReactNode }) {
  return (
    <div className={cx('flex flex-col gap-1', className)}>
      <label htmlFor={id} className="text-body font-medium">
        {label}
      </label>
      {children}
      {problem ? (
        <p id={`${id}-note`} role="alert" className="text-compact text-bad">
          {problem}
        </p>
      ) : (
        hint && (
          <p id={`${id}-note`} className="text-compact text-muted">
            {hint}
          </p>
        )
      )}
    </div>
  )
}

export function TextField({
  label,
  hint,
  problem,
  className,
  ...rest
}: Shell & Omit<ComponentProps<'input'>, 'className'>) {
  const id = useId()
  return (
    <Shell id={id} label={label} hint={hint} problem={problem ?? null} {...(className ? { className } : {})}>
      <input
        type="text"
        {...rest}
        id={id}
        aria-invalid={problem ? true : undefined}
        aria-describedby={problem || hint ? `${id}-note` : undefined}
        className={cx(control, problem && 'border-bad')}
      />
    </Shell>
  )
}

export function TextArea({
  label,
  hint,
  problem,
  className,
  ...rest
}: Shell & Omit<ComponentProps<'textarea'>, 'className'>) {
  const id = useId()
  return (
    <Shell id={id} label={label} hint={hint} problem={problem ?? null} {...(className ? { className } : {})}>
      <textarea
        rows={4}
        {...rest}
        id={id}
        aria-invalid={problem ? true : undefined}
        aria-describedby={problem || hint ? `${id}-note` : undefined}
        className={cx(control, 'py-1.5 font-mono text-compact', problem && 'border-bad')}
      />
    </Shell>
  )
}

export function SelectField({
  label,
  hint,
  problem,
  className,
  children,
  ...rest
}: Shell & Omit<ComponentProps<'select'>, 'className'>) {
  const id = useId()
  return (
    <Shell id={id} label={label} hint={hint} problem={problem ?? null} {...(className ? { className } : {})}>
      <select {...rest} id={id} aria-describedby={problem || hint ? `${id}-note` : undefined} className={control}>
        {children}
      </select>
    </Shell>
  )
}

export function Checkbox({ label, ...rest }: { readonly label: ReactNode } & ComponentProps<'input'>) {
  return (
    <label className="flex min-h-6 items-start gap-2 pointer-coarse:min-h-11 pointer-coarse:items-center">
      <input {...rest} type="checkbox" className="mt-1 size-3.5 shrink-0 accent-info pointer-coarse:mt-0" />
      <span>{label}</span>
    </label>
  )
}

export function Radio({ label, children, ...rest }: { readonly label: ReactNode } & ComponentProps<'input'>) {
  return (
    <div className="flex flex-col gap-1">
      <label className="flex min-h-6 items-start gap-2 pointer-coarse:min-h-11 pointer-coarse:items-center">
        <input {...rest} type="radio" className="mt-1 size-3.5 shrink-0 accent-info pointer-coarse:mt-0" />
        <span>{label}</span>
      </label>
      {children && <div className="pl-6">{children}</div>}
    </div>
  )
}

export function Group({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <fieldset className="flex flex-col gap-1.5">
      <legend className="mb-1 text-body font-medium">{title}</legend>
      {children}
    </fieldset>
  )
}
