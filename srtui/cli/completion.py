"""Completion scripts for bash, zsh and fish: commands and options, and principals and actions of can and who-can."""

from __future__ import annotations

from typing import Final

SHELLS: Final = ("bash", "zsh", "fish")

_BASH = r"""# srtui completion for bash: source <(srtui completion bash)
_srtui() {
    local session=latest count=0 cur command lead word at i
    local -a words=()
    # A colon ends a word in bash: put the words together again.
    for word in "${COMP_WORDS[@]:0:COMP_CWORD+1}"; do
        if (( ${#words[@]} )) && [[ "$word" == :* || "${words[-1]}" == *: ]]; then
            words[-1]+="$word"
        else
            words+=("$word")
        fi
    done
    at=$(( ${#words[@]} - 1 ))
    cur="${words[at]}" command="${words[1]}" COMPREPLY=()
    if (( at == 1 )); then
        COMPREPLY=($(compgen -W "@COMMANDS@" -- "$cur"))
        return
    fi
    [[ "$command" == can || "$command" == who-can ]] || { COMPREPLY=($(compgen -f -- "$cur")); return; }
    [[ "$cur" == -* ]] && { COMPREPLY=($(compgen -W "--context --session --json" -- "$cur")); return; }
    [[ "${words[at-1]}" == --session ]] && { COMPREPLY=($(compgen -f -- "$cur")); return; }
    for (( i = 2; i < at; i++ )); do
        case "${words[i]}" in
            --session) session="${words[i+1]}"; (( i++ )) ;;
            --context) (( i++ )) ;;
            -*) ;;
            *) (( count++ )) ;;
        esac
    done
    [[ "$command" == who-can ]] && (( count++ ))
    local IFS=$'\n'
    case $count in
        0) COMPREPLY=($(srtui complete principals --session "$session" -- "$cur" 2>/dev/null)) ;;
        1) COMPREPLY=($(srtui complete actions -- "$cur" 2>/dev/null)); compopt -o nospace 2>/dev/null ;;
    esac
    # Bash replaces only what stands behind the last colon.
    lead="${cur%"${cur##*:}"}"
    COMPREPLY=("${COMPREPLY[@]#"$lead"}")
}
complete -F _srtui srtui
"""

_ZSH = r"""#compdef srtui
# srtui completion for zsh: source <(srtui completion zsh)
_srtui() {
    local session=latest count=0 i
    local -a found
    if (( CURRENT == 2 )); then
        found=(@COMMANDS@)
        compadd -a found
        return
    fi
    [[ ${words[2]} == (can|who-can) ]] || { _files; return; }
    [[ ${words[CURRENT]} == -* ]] && { compadd -- --context --session --json; return; }
    for (( i = 3; i < CURRENT; i++ )); do
        case ${words[i]} in
            --session) session=${words[i+1]}; (( i++ )) ;;
            --context) (( i++ )) ;;
            -*) ;;
            *) (( count++ )) ;;
        esac
    done
    [[ ${words[2]} == who-can ]] && (( count++ ))
    case $count in
        0) found=(${(f)"$(srtui complete principals --session $session -- ${words[CURRENT]} 2>/dev/null)"}); compadd -a found ;;
        1) found=(${(f)"$(srtui complete actions -- ${words[CURRENT]} 2>/dev/null)"}); compadd -S '' -a found ;;
    esac
}
compdef _srtui srtui
"""

_FISH = r"""# srtui completion for fish: srtui completion fish | source
function __srtui_place
    set -l count 0
    set -l skip 0
    for word in (commandline -opc)[3..-1]
        if test $skip = 1
            set skip 0
        else if contains -- $word --session --context
            set skip 1
        else if not string match -q -- '-*' $word
            set count (math $count + 1)
        end
    end
    echo $count
end
function __srtui_session
    set -l words (commandline -opc)
    set -l at (contains -i -- --session $words)
    and echo $words[(math $at + 1)]
    or echo latest
end
complete -c srtui -n __fish_use_subcommand -f -a "@COMMANDS@"
complete -c srtui -n '__fish_seen_subcommand_from can who-can' -f -l context -r
complete -c srtui -n '__fish_seen_subcommand_from can who-can' -l session -r
complete -c srtui -n '__fish_seen_subcommand_from can who-can' -f -l json
complete -c srtui -n '__fish_seen_subcommand_from can; and test (__srtui_place) = 0' -f \
    -a '(srtui complete principals --session (__srtui_session) -- (commandline -ct) 2>/dev/null)'
complete -c srtui -n '__fish_seen_subcommand_from can; and test (__srtui_place) = 1' -f \
    -a '(srtui complete actions -- (commandline -ct) 2>/dev/null)'
complete -c srtui -n '__fish_seen_subcommand_from who-can; and test (__srtui_place) = 0' -f \
    -a '(srtui complete actions -- (commandline -ct) 2>/dev/null)'
"""

_SCRIPTS: Final = {"bash": _BASH, "zsh": _ZSH, "fish": _FISH}


def script(shell: str, commands: tuple[str, ...]) -> str:
    """The completion script for a shell out of `SHELLS`."""
    return _SCRIPTS[shell].replace("@COMMANDS@", " ".join(commands))
