export { controllerMain } from './controller-main.ts'
export { type RunningController, runController } from './run-controller.ts'
export { SettingError } from './settings.ts'
export { issueSetupLink } from './setup-link.ts'
