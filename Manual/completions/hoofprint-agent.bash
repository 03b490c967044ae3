# Completions of hoofprint-agent: its options, then those of the program that it runs.
_hoofprint_agent() {
    local word=${COMP_WORDS[COMP_CWORD]} index=1
    while [ "$index" -lt "$COMP_CWORD" ]; do
        case ${COMP_WORDS[index]} in
        --sample | --sink) index=$((index + 2)) ;;
        --)
            index=$((index + 1))
            break
            ;;
        -*) index=$((index + 1)) ;;
        *) break ;;
        esac
    done
    if [ "$index" -lt "$COMP_CWORD" ] && declare -F _command_offset >/dev/null; then
        _command_offset "$index"
        return
    fi
    case ${COMP_WORDS[COMP_CWORD - 1]} in
    --sample) mapfile -t COMPREPLY < <(compgen -W '99 99:wall' -- "$word") ;;
    --sink) mapfile -t COMPREPLY < <(compgen -W 'stderr file: journald syslog' -- "$word") ;;
    *)
        case $word in
        -*) mapfile -t COMPREPLY < <(compgen -W '--sample --sink --help --version' -- "$word") ;;
        *) mapfile -t COMPREPLY < <(compgen -A command -A file -- "$word") ;;
        esac
        ;;
    esac
}
complete -F _hoofprint_agent hoofprint-agent
