'use client'

import { changePreferences, type Preferences, usePreferences } from '../theme/preferences.ts'
import { Checkbox, Group, Radio } from '../ui/field.tsx'

type Choice<Name extends keyof Preferences> = { readonly value: Preferences[Name]; readonly text: string }

const themes: readonly Choice<'theme'>[] = [
  { value: 'system', text: 'As the system' },
  { value: 'light', text: 'Light' },
  { value: 'dark', text: 'Dark' },
  { value: 'contrast', text: 'High contrast' },
]
const densities: readonly Choice<'density'>[] = [
  { value: 'compact', text: 'Compact' },
  { value: 'normal', text: 'Normal' },
  { value: 'comfortable', text: 'Comfortable' },
]
const zones: readonly Choice<'zone'>[] = [
  { value: 'local', text: 'Local time' },
  { value: 'utc', text: 'UTC' },
]

/** Kept in this browser only. */
export function AppearanceSettings() {
  const chosen = usePreferences()
  const choices = <Name extends 'theme' | 'density' | 'zone'>(name: Name, list: readonly Choice<Name>[]) =>
    list.map(({ value, text }) => (
      <Radio
        key={value}
        name={name}
        label={text}
        checked={chosen[name] === value}
        onChange={() => changePreferences({ [name]: value })}
      />
    ))
  return (
    <div className="grid gap-6 sm:grid-cols-2">
      <Group title="Theme">{choices('theme', themes)}</Group>
      <Group title="Density of lists">{choices('density', densities)}</Group>
      <Group title="Times">{choices('zone', zones)}</Group>
      <Group title="Comfort">
        <Checkbox
          label="Single-letter keys (c, u, d, g n …)"
          checked={chosen.singleKeys}
          onChange={(event) => changePreferences({ singleKeys: event.target.checked })}
        />
      </Group>
    </div>
  )
}
