import { spawnSync } from 'node:child_process'
import type { Input } from '../command/io.ts'

/**
 * Passes every key to the program instead of acting on it, and every byte of output to the screen, until disposed.
 * Node's raw mode leaves the translation of line ends on, which moves the cursor of full-screen programs, so stty
 * turns that off where it is there; leaving raw mode puts all of it back.
 */
export function enterRawMode(stdin: Input): Disposable {
  if (!stdin.isTTY || !stdin.setRawMode) return { [Symbol.dispose]: () => {} }
  stdin.setRawMode(true)
  spawnSync('stty', ['-opost'], { stdio: ['inherit', 'ignore', 'ignore'] })
  return { [Symbol.dispose]: () => stdin.setRawMode?.(false) }
}
