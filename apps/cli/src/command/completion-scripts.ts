/** What each shell evaluates; all of them ask `berth __complete WORD...` for candidates, one `name<tab>summary` a line. */
export const completionScripts: ReadonlyMap<string, string> = new Map([
  [
    'bash',
    `# bash completion of berth
_berth() {
  local IFS=$'\\n' word=\${COMP_WORDS[COMP_CWORD]}
  COMPREPLY=($(compgen -W "$(berth __complete "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null | cut -f1)" -- "$word"))
}
complete -o default -F _berth berth
`,
  ],
  [
    'zsh',
    `#compdef berth
_berth() {
  local -a candidates
  candidates=("\${(@f)$(berth __complete "\${(@)words[2,CURRENT]}" 2>/dev/null | sed 's/:/\\\\:/g; s/\\t/:/')}")
  if [[ -n $candidates[1] ]]; then _describe berth candidates; else _files; fi
}
compdef _berth berth
`,
  ],
  [
    'fish',
    `# fish completion of berth
function __berth_complete
  set -l words (commandline --tokenize --cut-at-cursor --current-process)
  berth __complete $words[2..] (commandline --current-token --cut-at-cursor) 2>/dev/null
end
complete --command berth --arguments '(__berth_complete)'
`,
  ],
])
