import { exitCodes, type ExitCode } from "../exit.ts";
import type { Session } from "../session.ts";
import type { Shell } from "../shells.ts";

// Each asks the program itself, so that a script once installed knows the commands of whatever version is there.
const scripts: Readonly<Record<Shell, string>> = {
  bash: `_runwright() {
  local IFS=$'\\n'
  COMPREPLY=( $(runwright __complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null) )
}
complete -o default -F _runwright runwright
# in ~/.bashrc: source <(runwright completion bash)`,
  zsh: `#compdef runwright
_runwright() {
  local -a found
  found=("\${(@f)$(runwright __complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  compadd -a found || _files
}
compdef _runwright runwright
# in ~/.zshrc, behind compinit: source <(runwright completion zsh)`,
  fish: `function __runwright
  runwright __complete -- (commandline -opc)[2..] (commandline -ct) 2>/dev/null
end
complete -c runwright -a '(__runwright)'
# runwright completion fish > ~/.config/fish/completions/runwright.fish`,
  pwsh: `Register-ArgumentCompleter -Native -CommandName runwright -ScriptBlock {
  param($word, $ast, $position)
  $words = @($ast.CommandElements | Select-Object -Skip 1 | ForEach-Object { $_.ToString() })
  if ($word -eq '') { $words += '' }
  runwright __complete '--' @words 2>$null | ForEach-Object { [System.Management.Automation.CompletionResult]::new($_) }
}
# in $PROFILE: runwright completion pwsh | Out-String | Invoke-Expression`,
};

/** Prints the script that lets a shell complete; its last line says where it goes. */
export function completionCommand(shell: Shell, session: Session): ExitCode {
  session.output.data(scripts[shell]);
  return exitCodes.ok;
}
