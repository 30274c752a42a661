'use client'

import type { JobTemplateId } from '@quarterdeck/domain'
import { useRouter } from 'next/navigation'
import { api } from '../api/client.ts'
import { ActDialog } from '../ui/act-dialog.tsx'

export function RemoveDialog({ id, close }: { readonly id: JobTemplateId; readonly close: () => void }) {
  const router = useRouter()
  return (
    <ActDialog
      title={`Remove job template ${id}?`}
      verb={`Remove ${id}`}
      failure="The job template stays."
      close={close}
      intentKeys={[`job-template:${id}`]}
      command={(reason) => ['job', 'rm', id, ...(reason ? ['--reason', reason] : [])]}
      run={async (reason) => {
        await api.jobTemplates.remove.mutate({ id, reason })
        router.push('/jobs')
        return `Job template ${id} is removed.`
      }}
    >
      <p>It and its versions are forgotten. Tasks that were dispatched from it go on.</p>
    </ActDialog>
  )
}
