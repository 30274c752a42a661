import { accessSync, constants, statSync } from 'node:fs'
import path from 'node:path'

/**
 * The file that would be run for `command`; null when there is none that may be executed.
 *
 * @param searchPath folders for a name without a slash, separated by colons
 * @param workingFolder where a relative path such as `./run` starts
 */
export function findProgram(command: string, searchPath = '', workingFolder = '/'): string | null {
  if (command.includes('/')) {
    const file = path.resolve(workingFolder, command)
    return isProgram(file) ? file : null
  }
  for (const folder of searchPath.split(':')) {
    const candidate = path.join(folder || '/', command)
    if (folder && isProgram(candidate)) return candidate
  }
  return null
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return statSync(file).isFile()
  } catch {
    return false
  }
}
