import { type ReactNode, Suspense } from 'react'
import { Shell } from '../../shell/shell.tsx'
import { AfterMount } from '../../ui/after-mount.tsx'

/** The URL holds the state of a page, and a static file cannot know it: hence the boundary. */
export default function ConsoleLayout({ children }: { readonly children: ReactNode }) {
  return (
    <Shell>
      <Suspense>
        <AfterMount>{children}</AfterMount>
      </Suspense>
    </Shell>
  )
}
