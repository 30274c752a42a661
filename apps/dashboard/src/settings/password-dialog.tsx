'use client'

import { limits, type UserId } from '@quarterdeck/domain'
import { useState } from 'react'
import { api } from '../api/client.ts'
import { ActDialog } from '../ui/act-dialog.tsx'
import { TextField } from '../ui/field.tsx'

export function PasswordDialog({ userId, close }: { readonly userId: UserId; readonly close: () => void }) {
  const [password, setPassword] = useState('')
  return (
    <ActDialog
      title={`New password for ${userId}`}
      verb="Set password"
      failure="The password was not changed."
      close={close}
      withReason={false}
      refusal={
        password.length < limits.passwordLengthMin ? `Use at least ${limits.passwordLengthMin} characters.` : null
      }
      intentKeys={[`user:${userId}`]}
      run={async () => {
        await api.users.update.mutate({ id: userId, password })
        return `${userId} has a new password.`
      }}
    >
      <TextField
        label="New password"
        type="password"
        autoComplete="new-password"
        value={password}
        hint={`${limits.passwordLengthMin} characters or more`}
        onChange={(event) => setPassword(event.target.value)}
      />
    </ActDialog>
  )
}
