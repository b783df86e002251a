/** What progress says before another attempt, in Docker's words. */
export function retryText(delayMs: number): string {
  const seconds = Math.ceil(delayMs / 1000)
  return `Retrying in ${seconds} second${seconds === 1 ? '' : 's'}`
}
