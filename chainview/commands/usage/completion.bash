# Completion of chainview for bash. Print it anew after an update: chainview completion bash

_chainview() {
    local program=${1/#\~/$HOME} ending candidate
    {
        IFS= read -r ending
        while IFS= read -r candidate; do
            COMPREPLY+=("$candidate")
        done
    } < <("$program" completion bash of "${COMP_LINE:0:COMP_POINT}" "$COMP_WORDBREAKS" 2>/dev/null)
    if [[ $ending == open ]]; then
        compopt -o nospace 2>/dev/null
    fi
}

complete -o bashdefault -o default -F _chainview chainview
