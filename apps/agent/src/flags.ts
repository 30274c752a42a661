type Env = Readonly<Record<string, string | undefined>>

/** Flags are names for settings, so that joining fits into one pasted line. */
const settingOf: Readonly<Record<string, string>> = {
  '--controllers': 'QD_CONTROLLERS',
  '--token': 'QD_JOIN_TOKEN',
  '--name': 'QD_NODE_NAME',
  '--zone': 'QD_ZONE',
  '--region': 'QD_REGION',
  '--labels': 'QD_LABELS',
  '--pool': 'QD_POOL',
  '--data-dir': 'QD_DATA_DIR',
  '--handlers': 'QD_HANDLERS',
}

export type CommandLine =
  | { readonly ok: true; readonly argv: readonly string[]; readonly env: Env }
  | { readonly ok: false; readonly because: string }

/** Takes the flags `--name value` and `--name=value` out of a command line and puts them into the environment, which they overrule. */
export function readFlags(words: readonly string[], env: Env): CommandLine {
  const argv: string[] = []
  const given: Record<string, string> = {}
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? ''
    if (!word.startsWith('--')) {
      argv.push(word)
      continue
    }
    const [flag = '', ...inline] = word.split('=')
    const setting = settingOf[flag]
    if (!setting)
      return { ok: false, because: `${flag} is not known; accepted are ${Object.keys(settingOf).join(' ')}` }
    const value = inline.length > 0 ? inline.join('=') : words[++at]
    if (value === undefined || value.startsWith('--')) return { ok: false, because: `${flag} needs a value` }
    given[setting] = value
  }
  return { ok: true, argv, env: { ...env, ...given } }
}
