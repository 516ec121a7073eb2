using System.CommandLine;
using BudgetProxy.Cli.Commands;

namespace BudgetProxy.Cli.Completion;

/// <summary><c>budgetproxy completion</c>: the script that lets a shell complete what is typed.</summary>
internal sealed class CompletionCommand : ExampleCommand
{
    private const string Bash = """
        # bash completion of budgetproxy
        _budgetproxy() {
            local IFS=$'\n'
            local line="${COMP_LINE:0:COMP_POINT}"
            local word="${COMP_WORDS[COMP_CWORD]}"
            COMPREPLY=( $(compgen -W "$(budgetproxy "[suggest:${#line}]" "$line" 2>/dev/null)" -- "$word") )
        }
        complete -o default -F _budgetproxy budgetproxy
        """;

    private const string Zsh = """
        #compdef budgetproxy
        # zsh completion of budgetproxy
        _budgetproxy() {
            local line="${BUFFER:0:$CURSOR}"
            local -a found
            found=("${(@f)$(budgetproxy "[suggest:${#line}]" "$line" 2>/dev/null)}")
            if [[ -n "${found[1]}" ]]; then compadd -- "${found[@]}"; else _files; fi
        }
        compdef _budgetproxy budgetproxy
        """;

    private const string Fish = """
        # fish completion of budgetproxy
        function __budgetproxy
            set -l line (commandline -cp)
            budgetproxy "[suggest:"(string length -- "$line")"]" "$line" 2>/dev/null
        end
        complete -c budgetproxy -a '(__budgetproxy)'
        """;

    private readonly Argument<string> _shell = new("shell") { Description = "bash, zsh or fish" };

    public CompletionCommand()
        : base(
            "completion", "The script that lets a shell complete commands, options and names",
            """
            source <(budgetproxy completion bash)                                  # in ~/.bashrc
            source <(budgetproxy completion zsh)                                   # in ~/.zshrc, after compinit
            budgetproxy completion fish > ~/.config/fish/completions/budgetproxy.fish
            """)
    {
        _shell.AcceptOnlyFromAmong("bash", "zsh", "fish");
        Add(_shell);
        SetAction(parsed =>
        {
            Console.Out.Write((parsed.GetRequiredValue(_shell) switch { "bash" => Bash, "zsh" => Zsh, _ => Fish }).ReplaceLineEndings("\n") + "\n");
            return ExitCode.Done;
        });
    }
}
