export { defineHandlers, type Handler, type HandlerContext, type Handlers, type Json } from './define-handlers.ts'
