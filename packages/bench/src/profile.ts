/** Environment that makes a controller write a CPU profile when it ends. */
export function controllerEnv(profileFolder: string | null): Record<string, string> {
  return profileFolder === null ? {} : { NODE_OPTIONS: `--cpu-prof --cpu-prof-dir=${profileFolder}` }
}
