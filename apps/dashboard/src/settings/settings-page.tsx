'use client'

import { roleAllows } from '@quarterdeck/domain'
import { parseAsStringLiteral, useQueryState } from 'nuqs'
import { useMe } from '../session/use-me.ts'
import { PageHeader } from '../ui/layout.tsx'
import { Denied, Skeleton } from '../ui/states.tsx'
import { Tabs, tabPanelProps } from '../ui/tabs.tsx'
import { AccountSettings } from './account-settings.tsx'
import { ApiTokens } from './api-tokens.tsx'
import { AppearanceSettings } from './appearance-settings.tsx'
import { AuditTrail } from './audit-trail.tsx'
import { ClusterSettings } from './cluster-settings.tsx'
import { JoinTokens } from './join-tokens.tsx'
import { Users } from './users.tsx'

const tabNames = ['appearance', 'account', 'cluster', 'users', 'join', 'tokens', 'audit'] as const

/** This browser, this account, and for admins the cluster and who may enter it. */
export function SettingsPage() {
  const [tab, setTab] = useQueryState(
    'tab',
    parseAsStringLiteral(tabNames).withDefault('appearance').withOptions({ history: 'push' }),
  )
  const me = useMe()
  return (
    <>
      <PageHeader title="Settings" />
      <Tabs
        label="Settings"
        current={tab}
        onChange={(next) => void setTab(next)}
        tabs={[
          { name: 'appearance', text: 'Appearance' },
          { name: 'account', text: 'My account' },
          { name: 'cluster', text: 'Cluster' },
          { name: 'users', text: 'Users' },
          { name: 'join', text: 'Join tokens' },
          { name: 'tokens', text: 'API tokens' },
          { name: 'audit', text: 'Audit trail' },
        ]}
      />
      <div {...tabPanelProps(tab)} className="max-w-5xl p-4">
        {tab === 'appearance' && <AppearanceSettings />}
        {tab === 'account' && <AccountSettings />}
        {tab === 'cluster' && <ClusterSettings />}
        {tab !== 'appearance' &&
          tab !== 'account' &&
          tab !== 'cluster' &&
          (me === null ? (
            <Skeleton />
          ) : roleAllows(me.role, 'admin') ? (
            <AdminTab tab={tab} />
          ) : (
            <Denied what={deniedWords[tab]} roles="admin" />
          ))}
      </div>
    </>
  )
}

const deniedWords = { users: 'the users', join: 'join tokens', tokens: 'API tokens', audit: 'the audit trail' } as const

function AdminTab({ tab }: { readonly tab: keyof typeof deniedWords }) {
  switch (tab) {
    case 'users':
      return <Users />
    case 'join':
      return <JoinTokens />
    case 'tokens':
      return <ApiTokens />
    case 'audit':
      return <AuditTrail />
  }
}
