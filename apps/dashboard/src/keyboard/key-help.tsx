'use client'

import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { allBindings } from './keys.ts'

/** What the keys do on this page. Reads the bindings in force, so it cannot say anything else than what happens. */
export function KeyHelp({ close }: { readonly close: () => void }) {
  return (
    <Dialog title="Keys on this page" onClose={close} footer={<Button onClick={close}>Close</Button>}>
      <dl className="grid grid-cols-[max-content_1fr] gap-x-4 gap-y-1">
        {allBindings().map(({ keys, text }) => (
          <div key={keys} className="contents">
            <dt>
              {keys.split(' ').map((key) => (
                <kbd
                  key={key}
                  className="mr-1 rounded-control border border-control bg-surface px-1.5 font-mono text-compact"
                >
                  {key.replace('Mod', 'Ctrl')}
                </kbd>
              ))}
            </dt>
            <dd>{text}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  )
}
