# Completion of chainview for fish. Print it anew after an update: chainview completion fish

function __chainview_candidates
    set -l words (commandline -opc)
    set -l told ($words[1] completion fish of $words[2..] "$(commandline -ct)" 2>/dev/null)
    printf '%s\n' $told[2..]
    if test "$told[1]" = files
        __fish_complete_path (commandline -ct)
    end
end

complete -c chainview -f -a '(__chainview_candidates)'
