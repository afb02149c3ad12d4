#compdef chainview
# Completion of chainview for zsh. Print it anew after an update: chainview completion zsh

_chainview() {
    local files ending text note
    local -a typed closed closed_shown opened opened_shown
    typed=("${(@Q)words[2,CURRENT-1]}" "${(Q)PREFIX}")
    {
        IFS= read -r files
        while IFS=$'\t' read -r ending text note; do
            if [[ $ending == open ]]; then
                opened+=("$text") opened_shown+=("${note:-$text}")
            else
                closed+=("$text") closed_shown+=("$text${note:+  -- $note}")
            fi
        done
    } < <("${(Q)words[1]/#\~/$HOME}" completion zsh of "${typed[@]}" 2>/dev/null)
    (( $#closed )) && compadd -l -d closed_shown -a closed
    (( $#opened )) && compadd -l -S '' -d opened_shown -a opened
    [[ -n $files ]] && _files
    return 0
}

if [[ $funcstack[1] == _chainview ]]; then
    _chainview "$@"
elif (( $+functions[compdef] )); then
    compdef _chainview chainview
fi
