import { Command } from 'commander'
import type { Run } from './command.ts'
import { group } from './command.ts'
import { addAgentCommands } from './commands/agent.ts'
import { addApplyCommand } from './commands/apply.ts'
import { addAuthCommands } from './commands/auth.ts'
import { addBreakerCommands, addFailbackCommands } from './commands/breakers.ts'
import { addBroadcastCommands } from './commands/broadcasts.ts'
import { addControlCommands } from './commands/control.ts'
import { addControllerCommand } from './commands/controller.ts'
import { addDeadLetterCommands } from './commands/dead-letters.ts'
import { addEventCommands } from './commands/events.ts'
import { addJobCommands } from './commands/jobs.ts'
import { addNodeAdviceCommand } from './commands/node-advice.ts'
import { addNodeChangeCommands } from './commands/node-changes.ts'
import { addNodeDrainCommands } from './commands/node-drain.ts'
import { addNodeLoseCommand } from './commands/node-lose.ts'
import { addNodePlacingCommands } from './commands/node-placing.ts'
import { addNodePlanCommands } from './commands/node-plans.ts'
import { addNodeViewCommands } from './commands/node-views.ts'
import { addOperationChangeCommands, addOperationCommands } from './commands/operations.ts'
import { addPlanCommand } from './commands/plans.ts'
import { addPoolCommands } from './commands/pools.ts'
import { addRebalanceCommand } from './commands/rebalance.ts'
import { addScheduleCommands } from './commands/schedules.ts'
import { addServiceCommands } from './commands/services.ts'
import { addStatusCommand } from './commands/status.ts'
import { addTaskChangeCommands } from './commands/task-changes.ts'
import { addTaskConfirmCommand, addTaskRunCommand } from './commands/task-run.ts'
import { addTaskViewCommands } from './commands/task-views.ts'
import { addTokenCommands } from './commands/tokens.ts'
import { addUserCommands } from './commands/users.ts'
import { addVersionCommand } from './commands/version.ts'
import { addWorkflowCommands } from './commands/workflows.ts'

/** Every command, in the order in which help shows them. */
export function createProgram(run: Run): Command {
  const program = new Command('qd')
    .description('Quarterdeck: see and steer a cluster.')
    .helpCommand(false)
    .exitOverride()
    .configureOutput({ writeOut: run.io.out, writeErr: run.io.err, outputError: () => {} })
    .showSuggestionAfterError(true)
    .enablePositionalOptions()
    .addHelpText(
      'after',
      '\nEvery command takes --json. Where to call: --url or QD_URL, --token or QD_TOKEN, else what `qd auth login` stored.',
    )

  addStatusCommand(program, run)

  const node = group(program, 'node', 'machines: list, drain, promote, remove')
  addNodeViewCommands(node, run)
  addNodeChangeCommands(node, run)
  addNodePlanCommands(node, run)
  addNodeDrainCommands(node, run)
  addNodeLoseCommand(node, run)
  addNodePlacingCommands(node, run)
  addNodeAdviceCommand(node, run)

  addPoolCommands(group(program, 'pool', 'groups of nodes: list, autoscale'), run)

  const task = group(program, 'task', 'work: run, follow, cancel')
  addTaskRunCommand(task, run)
  addTaskConfirmCommand(task, run)
  addTaskViewCommands(task, run)
  addTaskChangeCommands(task, run)
  addDeadLetterCommands(task, run)

  addBroadcastCommands(group(program, 'broadcast', 'one task on every matching node: results, cancel'), run)
  addBreakerCommands(group(program, 'breaker', 'jobs kept away from nodes where they fail: list, close'), run)
  addFailbackCommands(group(program, 'failback', 'retries in the background: show, pause, resume'), run)
  addScheduleCommands(group(program, 'schedule', 'work at set times: apply, pause, run now'), run)
  addServiceCommands(group(program, 'service', 'programs that run on: scale, update, roll back'), run)
  addWorkflowCommands(group(program, 'workflow', 'steps that depend on each other: run, follow, retry'), run)
  addJobCommands(group(program, 'job', 'named tasks with parameters: apply, run'), run)
  addApplyCommand(program, run)

  addControlCommands(group(program, 'control', 'controllers and leadership'), run)
  addRebalanceCommand(program, run)
  addPlanCommand(program, run)
  const operation = group(program, 'operation', 'drains, rebalances and other long acts')
  addOperationCommands(operation, run)
  addOperationChangeCommands(operation, run)
  addEventCommands(program, run)
  addTokenCommands(group(program, 'token', 'join tokens for agents, API tokens for programs'), run)
  addUserCommands(group(program, 'user', 'people who may sign in'), run)
  addAuthCommands(group(program, 'auth', 'sign in and out of a cluster'), run)
  addAgentCommands(group(program, 'agent', 'the agent of this machine'), run)
  addControllerCommand(program, run)
  addVersionCommand(program, run)
  return program
}
