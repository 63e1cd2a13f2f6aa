import type { DescribedCommand, DescribedOption, OptionValue } from '../described-commands.js'

/** The script for bash. It offers words; where it offers none, bash completes files. */
export function bashScript(commands: readonly DescribedCommand[]): string {
  const valueCases = commands.flatMap(({ name, options }) => {
    const patterns = new Map<string, string[]>()
    for (const { names, value } of options) {
      if (value === 'none') continue
      const reply = bashReply(value)
      patterns.set(reply, [...(patterns.get(reply) ?? []), ...names.map(each => `${name}:${each}`)])
    }
    return [...patterns].map(([reply, all]) => `    ${all.join('|')}) ${reply}; return ;;`)
  })
  const commandCases = commands.map(({ name, options, words }) => {
    const dashed = options.map(({ names }) => names.at(-1)).join(' ')
    return `    ${name}) if [[ $cur == -* ]]; then ${bashWords(dashed)}; else ${bashReply(words)}; fi ;;`
  })
  return `# Completes command lines of fgraph in bash. In ~/.bashrc: source <(fgraph completion bash)
_fgraph() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD - 1]}
  # --format=x is three words.
  if [[ $cur == = ]]; then cur=; elif [[ $prev == = ]]; then prev=\${COMP_WORDS[COMP_CWORD - 2]}; fi
  COMPREPLY=()
  if ((COMP_CWORD == 1)); then
    ${bashWords(['--help', '--version', ...commands.map(({ name }) => name)].join(' '))}
    return
  fi
  case \${COMP_WORDS[1]}:$prev in
${valueCases.join('\n')}
  esac
  case \${COMP_WORDS[1]} in
${commandCases.join('\n')}
  esac
}
complete -o default -F _fgraph fgraph
`
}

function bashReply(value: OptionValue): string {
  if (value === 'file') return ':'
  if (typeof value === 'string') return 'compopt +o default 2>/dev/null'
  return bashWords(value.join(' '))
}

function bashWords(words: string): string {
  return `COMPREPLY=($(compgen -W ${quoted(words)} -- "$cur"))`
}

/** The script for zsh, for a file in $fpath or for `source`. */
export function zshScript(commands: readonly DescribedCommand[]): string {
  const names = commands.map(({ name, summary }) => `    ${quoted(`${name}:${summary}`)}`)
  const cases = commands.map(({ name, options, words }) => {
    const specs = [...options.map(zshOption), ...zshWords(words)]
    return `    ${name}) _arguments -s ${specs.map(spec => `\\\n      ${spec}`).join(' ')} ;;`
  })
  return `#compdef fgraph
# Completes command lines of fgraph in zsh: fgraph completion zsh > ~/.zfunc/_fgraph
_fgraph() {
  local -a commands=(
${names.join('\n')}
  )
  if ((CURRENT == 2)); then
    _describe command commands
    return
  fi
  local command=$words[2]
  shift words
  ((CURRENT--))
  case $command in
${cases.join('\n')}
  esac
}
if [[ $funcstack[1] == _fgraph ]]; then _fgraph "$@"; else compdef _fgraph fgraph; fi
`
}

function zshOption({ names, summary, isRepeated, value }: DescribedOption): string {
  const text = `[${escapedForZsh(summary)}]${zshValue(value)}`
  const many = isRepeated ? "'*'" : names.length > 1 ? quoted(`(${names.join(' ')})`) : ''
  const all = names.length > 1 ? `{${names.join(',')}}` : names[0]
  return `${many}${all}${quoted(text)}`
}

function zshValue(value: OptionValue): string {
  if (value === 'none') return ''
  if (value === 'any') return ':value: '
  return value === 'file' ? ':file:_files' : `:value:(${value.join(' ')})`
}

function zshWords(words: OptionValue): string[] {
  if (words === 'none') return []
  return [quoted(words === 'file' ? '*:file:_files' : `*${zshValue(words)}`)]
}

function escapedForZsh(text: string): string {
  return text.replace(/[[\]:\\]/g, '\\$&')
}

/** The script for fish, for a file in its folder of completions. */
export function fishScript(commands: readonly DescribedCommand[]): string {
  const lines = commands.flatMap(({ name, summary, options, words }) => {
    const isChosen = `-n ${quoted(`__fish_seen_subcommand_from ${name}`)}`
    return [
      `complete -c fgraph -n __fish_use_subcommand -a ${name} -d ${quoted(summary)}`,
      ...options.map(option => `complete -c fgraph ${isChosen} ${fishOption(option)}`),
      ...fishWords(words).map(words => `complete -c fgraph ${isChosen} ${words}`),
    ]
  })
  return `# Completes command lines of fgraph in fish: a file in ~/.config/fish/completions
complete -c fgraph -f
${lines.join('\n')}
`
}

function fishOption({ names, summary, value }: DescribedOption): string {
  const flags = names.map(name =>
    name.startsWith('--') ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`,
  )
  return [...flags, ...fishValue(value), `-d ${quoted(summary)}`].join(' ')
}

function fishValue(value: OptionValue): string[] {
  if (value === 'none') return []
  if (value === 'any') return ['-x']
  return value === 'file' ? ['-r', '-F'] : ['-x', `-a ${quoted(value.join(' '))}`]
}

function fishWords(words: OptionValue): string[] {
  if (words === 'none') return []
  return words === 'file' ? ['-F'] : fishValue(words).slice(1)
}

/** Quotes a text as one word; all three shells read it alike. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}
