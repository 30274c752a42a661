/** Environment that makes a controller write a CPU profile into a folder when it ends; Chrome's developer tools open it. */
export function controllerEnv(profileFolder: string | null): Record<string, string> {
  if (profileFolder === null) return {}
  const preload = new URL('./profile-preload.mjs', import.meta.url).href
  return { NODE_OPTIONS: `--import ${preload}`, QD_PROFILE_FOLDER: profileFolder }
}
