/** Loaded before a program whose CPU profile is wanted: Node's own switch for that cannot be given by environment. */
import { writeFileSync } from 'node:fs'
import { Session } from 'node:inspector'
import path from 'node:path'

const session = new Session()
session.connect()
session.post('Profiler.enable')
session.post('Profiler.start')
process.once('exit', () => {
  session.post('Profiler.stop', (error, result) => {
    if (error) return
    writeFileSync(
      path.join(process.env.QD_PROFILE_FOLDER ?? '.', `${process.pid}.cpuprofile`),
      JSON.stringify(result.profile),
    )
  })
})
