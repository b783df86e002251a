import { runProgram } from '../setup/run-program.ts'

/** A network namespace of its own, so that an engine's bridge and rules touch neither the machine nor another engine. */
export interface NetworkNamespace extends AsyncDisposable {
  /** `command` as it has to be called to run inside. */
  within: (command: readonly string[]) => string[]
}

export async function createNetworkNamespace(name: string): Promise<NetworkNamespace> {
  await mustRun(['ip', 'netns', 'add', name])
  await mustRun(['ip', '-n', name, 'link', 'set', 'lo', 'up'])
  return {
    // nsenter changes the network alone; "ip netns exec" would also replace /sys, and the control groups with it.
    within: (command) => ['nsenter', `--net=/run/netns/${name}`, ...command],
    [Symbol.asyncDispose]: () => mustRun(['ip', 'netns', 'delete', name]),
  }
}

/** Runs a program and throws with what it said when it fails. */
export async function mustRun(command: readonly string[]): Promise<void> {
  await outputOf(command)
}

/** As `mustRun`, with what it said. */
export async function outputOf(command: readonly string[]): Promise<string> {
  const { exitCode, output } = await runProgram(command)
  if (exitCode !== 0) throw new Error(`${command.join(' ')}: exit code ${exitCode}: ${output.trim()}`)
  return output
}
