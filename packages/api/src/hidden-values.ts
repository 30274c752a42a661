import type { ExecSpec } from '@quarterdeck/domain'

/** Variables often carry secrets: viewers see which there are, not what they hold. */
export function withoutEnvValues<Spec extends { readonly exec?: ExecSpec | undefined }>(spec: Spec): Spec {
  if (!spec.exec) return spec
  const env = Object.fromEntries(Object.keys(spec.exec.env).map((name) => [name, '(hidden)']))
  return { ...spec, exec: { ...spec.exec, env } }
}
