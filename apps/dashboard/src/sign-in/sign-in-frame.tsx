'use client'

import { type ReactNode, useEffect } from 'react'
import { followSystemTheme } from '../theme/preferences.ts'

/** The quiet page around the two forms that somebody sees before being signed in. */
export function SignInFrame({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  useEffect(followSystemTheme, [])
  return (
    <main className="grid min-h-dvh place-items-center bg-surface p-4">
      <div className="w-full max-w-sm rounded-card border border-line bg-bg p-6">
        <p className="mb-4 flex items-center gap-2 font-semibold">
          <span aria-hidden className="text-info">
            ◆
          </span>
          Quarterdeck
        </p>
        <h1 className="mb-4 text-page font-semibold">{title}</h1>
        {children}
      </div>
    </main>
  )
}
