// Every page works without this; with it some things take fewer steps.

const pauseMs = 200

document.addEventListener('click', (event) => {
  const button = event.target instanceof Element ? event.target.closest('[data-copies]') : null
  if (button instanceof HTMLElement) void copy(button)
  closeMenus(event.target)
})

document.addEventListener('keydown', (event) => {
  if (event.key === 'Escape') closeMenus(null)
  if (event.key === '/' && !isTyping(event.target)) {
    const box = document.getElementById('search')
    if (box) event.preventDefault()
    box?.focus()
  }
})

document.addEventListener('submit', (event) => {
  const form = event.target
  if (!(form instanceof HTMLFormElement)) return
  const id = form.dataset['replaces']
  if (id !== undefined) {
    event.preventDefault()
    const body = new URLSearchParams(/** @type {[string, string][]} */ ([...new FormData(form)]))
    void replace(id, form, fetch(form.action, { method: 'POST', body }))
  }
})

for (const form of document.querySelectorAll('form[data-live]'))
  if (form instanceof HTMLFormElement) makeLive(form)

// On a narrow screen the way to where one is may lie beyond the edge.
for (const here of document.querySelectorAll(':is(.tabs, .side) [aria-current]'))
  here.scrollIntoView({ block: 'nearest', inline: 'center' })

const box = document.getElementById('search')
const live = document.querySelector('form[data-live="results"] input[name="q"]')
if (box instanceof HTMLInputElement && live instanceof HTMLInputElement)
  box.addEventListener('input', () => {
    live.value = box.value
    live.dispatchEvent(new Event('input', { bubbles: true }))
  })

/** @param {HTMLElement} button */
async function copy(button) {
  const source = document.getElementById(button.dataset['copies'] ?? '')
  if (!source) return
  try {
    await navigator.clipboard.writeText(source.textContent ?? '')
    say(button, 'Copied')
  } catch {
    // Without TLS browsers have no clipboard for pages: the text is marked, ready for the keyboard.
    getSelection()?.selectAllChildren(source)
    say(button, 'Selected: press Ctrl+C')
  }
}

/** @param {HTMLElement} button @param {string} text */
function say(button, text) {
  const label = button.getAttribute('aria-label') ?? ''
  button.setAttribute('aria-label', text)
  button.title = text
  button.classList.add('is-copied')
  setTimeout(() => {
    button.setAttribute('aria-label', label)
    button.title = 'Copy'
    button.classList.remove('is-copied')
  }, 2000)
}

/** @param {EventTarget | null} target */
function closeMenus(target) {
  for (const menu of document.querySelectorAll('details.menu[open]'))
    if (!(target instanceof Node && menu.contains(target))) menu.removeAttribute('open')
}

/** @param {EventTarget | null} target */
function isTyping(target) {
  return target instanceof HTMLElement && /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName)
}

/**
 * A form that only asks: what it shows follows what is typed and chosen.
 * @param {HTMLFormElement} form
 */
function makeLive(form) {
  const id = form.dataset['live'] ?? ''
  let timer = /** @type {ReturnType<typeof setTimeout> | undefined} */ (undefined)
  let latest = 0
  const ask = async () => {
    const url = new URL(form.action)
    for (const [name, value] of new FormData(form))
      if (typeof value === 'string' && value !== '') url.searchParams.set(name, value)
    const turn = ++latest
    const answer = await fetch(url)
    if (turn !== latest) return
    await replace(id, form, Promise.resolve(answer))
    history.replaceState(null, '', url)
  }
  form.addEventListener('input', () => {
    clearTimeout(timer)
    timer = setTimeout(() => void ask(), pauseMs)
  })
}

/**
 * Puts the element of this id as it is in the answer in place of the one that is shown; the whole page where that fails.
 * @param {string} id @param {HTMLFormElement} form @param {Promise<Response>} asked
 */
async function replace(id, form, asked) {
  try {
    const answer = await asked
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html')
    const fresh = page.getElementById(id)
    const shown = document.getElementById(id)
    if (!answer.ok || !fresh || !shown) throw new Error('not as expected')
    const hadFocus = shown.contains(document.activeElement)
    shown.replaceWith(fresh)
    if (hadFocus) fresh.querySelector('button')?.focus()
  } catch {
    form.submit()
  }
}
