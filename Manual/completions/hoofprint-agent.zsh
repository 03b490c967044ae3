#compdef hoofprint-agent
_arguments \
    '--sample[samples a second, with \:wall of all time]:rate:(99 99\:wall)' \
    '--sink[where records go]:sink:(stderr file\: journald syslog)' \
    '--version[show the version]' \
    {-h,--help}'[show help information]' \
    '(-):program:_command_names -e' \
    '*::argument:_normal'
