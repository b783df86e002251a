const hoursPerDay = 24
const hoursPerWeek = 7 * hoursPerDay
const hoursPerMonth = 30 * hoursPerDay
const hoursPerYear = 365 * hoursPerDay

/** How long ago, in the words that Docker's tools print: `Less than a second`, `About a minute`, `3 weeks`. */
export function formatAge(durationMs: number): string {
  const seconds = Math.trunc(durationMs / 1000)
  if (seconds < 1) return 'Less than a second'
  if (seconds === 1) return '1 second'
  if (seconds < 60) return `${seconds} seconds`
  const minutes = Math.trunc(seconds / 60)
  if (minutes === 1) return 'About a minute'
  if (minutes < 60) return `${minutes} minutes`
  return formatHours(durationMs / 3_600_000)
}

function formatHours(exact: number): string {
  const hours = Math.trunc(exact + 0.5)
  if (hours === 1) return 'About an hour'
  if (hours < 2 * hoursPerDay) return `${hours} hours`
  if (hours < 2 * hoursPerWeek) return `${Math.trunc(hours / hoursPerDay)} days`
  if (hours < 2 * hoursPerMonth) return `${Math.trunc(hours / hoursPerWeek)} weeks`
  if (hours < 2 * hoursPerYear) return `${Math.trunc(hours / hoursPerMonth)} months`
  return `${Math.trunc(Math.trunc(exact) / hoursPerYear)} years`
}
