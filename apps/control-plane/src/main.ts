import { controllerMain } from './controller-main.ts'

await controllerMain(process.env)
