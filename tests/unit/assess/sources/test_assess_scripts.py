"""What is read of shell scripts, PowerShell and Dockerfiles."""

from __future__ import annotations

import time

import pytest

from keyless.assess.sources import dockerfile, powershell, shell
from keyless.assess.syntax.code import Language
from keyless.assess.syntax.expressions import (
    Assign,
    Block,
    Call,
    Choice,
    Command,
    Define,
    Evaluate,
    Expr,
    Index,
    Items,
    Joined,
    Literal,
    Member,
    Name,
    Other,
    Record,
    Repeat,
    Return,
    Statement,
    dotted,
    text_of,
)
from keyless.assess.syntax.source import Lack, Source


def body_of(source: Source) -> tuple[Statement, ...]:
    assert not source.problems
    (unit,) = source.units
    return unit.body


def sh(text: str) -> tuple[Statement, ...]:
    return body_of(shell.read("a.sh", text))


def ps(text: str) -> tuple[Statement, ...]:
    return body_of(powershell.read("a.ps1", text))


def command_of(statement: Statement) -> Command:
    assert isinstance(statement, Evaluate)
    assert isinstance(statement.value, Command)
    return statement.value


def words(value: Expr) -> list[str | None]:
    assert isinstance(value, Command)
    return [text_of(word) if isinstance(word, Literal) else dotted(word) for word in value.words]


def value_of(statement: Statement) -> Expr:
    assert isinstance(statement, Assign)
    assert statement.value is not None
    return statement.value


def test_words_of_a_command_have_quotes_and_escapes_resolved() -> None:
    (statement,) = sh('az storage \'a b\' "c\\"d" e\\ f $\'g\\n\' pre"mid"post \\\n  $X')
    assert words(command_of(statement)) == ["az", "storage", "a b", 'c"d', "e f", "g\n", "premidpost", "X"]


def test_a_sign_that_is_escaped_escapes_nothing_after_it() -> None:
    (statement,) = sh("az $'a\\\\n' \"b\\\\\nc\"")
    assert words(command_of(statement)) == ["az", "a\\n", "b\\\nc"]
    (statement,) = ps('az "a``n"')
    assert words(command_of(statement)) == ["az", "a`n"]


def test_a_substitution_is_the_command_within() -> None:
    (statement,) = sh('export KEY=$(az storage account keys list -n "$NAME" -o tsv)')
    assert isinstance(statement, Assign)
    assert statement.words == ("export",)
    assert words(value_of(statement))[:2] == ["az", "storage"]


def test_a_pipe_keeps_its_commands() -> None:
    value = value_of(sh("K=`az x | jq -r .key`")[0])
    assert isinstance(value, Other)
    assert value.kind == "pipeline"
    assert [words(one)[0] for one in value.parts] == ["az", "jq"]


def test_a_default_is_the_second_alternative() -> None:
    value = value_of(sh('A="${B:-geheim}"')[0])
    assert isinstance(value, Choice)
    assert [dotted(value.alternatives[0]), text_of(value.alternatives[1])] == ["B", "geheim"]


def test_where_output_goes_is_a_word() -> None:
    words_of = command_of(sh('echo "KEY=$k" >> "$GITHUB_ENV"')[0]).words
    assert isinstance(words_of[1], Joined)
    redirect = words_of[2]
    assert isinstance(redirect, Other)
    assert redirect.kind == "redirect"
    assert [text_of(redirect.parts[0]), dotted(redirect.parts[1])] == [">>", "GITHUB_ENV"]


def test_a_here_document_is_a_word_with_all_of_its_text() -> None:
    command = command_of(sh("cat > .env <<EOF\nSTORAGE_KEY=$KEY\nA=b\nEOF\n")[0])
    heredoc = next(one for one in command.words if isinstance(one, Other) and one.kind == "heredoc")
    (text,) = heredoc.parts
    assert isinstance(text, Joined)
    assert [text_of(part) or dotted(part) for part in text.parts] == ["STORAGE_KEY=", "KEY", "\nA=b\n"]


def test_what_may_run_or_not_stands_in_blocks() -> None:
    body = sh(
        "if az a; then az b; elif az c; then az d; else az e; fi\nfor i in 1 2; do az f; done\n"
        "while az g; do az h; done\ncase $x in a) az i;; esac\nf() { az j; }\n(az k) > out\n"
        "! az l && az m || az n"
    )
    kinds = [type(one) for one in body]
    assert kinds[:7] == [Block, Block, Block, Repeat, Repeat, Block, Define]
    assert [words(command_of(one))[1] for one in body[-3:]] == ["l", "m", "n"]
    assert isinstance(body[1], Block)
    assert body[1].condition is not None
    assert words(body[1].condition) == ["az", "c"]


def test_a_variable_for_one_command_is_assigned_before_it() -> None:
    first, second = sh("A=1 az login")
    assert isinstance(first, Assign)
    assert first.words == ("command",)
    assert words(command_of(second)) == ["az", "login"]


def test_arrays_and_their_members() -> None:
    first, second, third = sh("A=(a b # and\n)\nB=${A[0]}\nunset A")
    members = value_of(first)
    assert isinstance(members, Items)
    assert [text_of(one) for one in members.items] == ["a", "b"]
    assert isinstance(value_of(second), Index)
    assert isinstance(third, Evaluate)


def test_a_long_list_is_no_deep_one_and_deep_nesting_is_bounded() -> None:
    assert len(sh(" && ".join(["az x"] * 2000))) == 2000
    source = shell.read("a.sh", "$(" * 3000 + "x" + ")" * 3000)
    assert Lack.TOO_DEEP in {problem.lack for problem in source.problems} or source.problems


def test_what_is_not_understood_is_a_problem_and_the_rest_is_read() -> None:
    source = shell.read("a.sh", "az a\nif ((\naz b\n")
    assert source.problems
    assert words(command_of(source.units[0].body[0])) == ["az", "a"]


def test_cmdlets_and_commands_of_powershell() -> None:
    body = ps(
        "Connect-AzAccount -ServicePrincipal -Credential $cred | Out-Null\n"
        "& az storage account list\n./x.ps1 -A\n"
    )
    assert isinstance(body[0], Evaluate)
    assert isinstance(body[0].value, Other)
    assert words(body[0].value.parts[0]) == ["Connect-AzAccount", "-ServicePrincipal", "-Credential", "cred"]
    assert words(command_of(body[1])) == ["az", "storage", "account", "list"]
    assert words(command_of(body[2])) == ["./x.ps1", "-A"]


def test_a_member_of_what_a_cmdlet_gives() -> None:
    value = value_of(ps('$key = (Get-AzStorageAccountKey -Name "x")[0].Value')[0])
    assert isinstance(value, Member)
    assert isinstance(value.base, Index)
    assert words(value.base.base) == ["Get-AzStorageAccountKey", "-Name", "x"]


def test_the_environment_is_read_and_written_by_name() -> None:
    (statement,) = ps('$env:FOO = "a $key ${env:BAR} $($x.y) `"q`" $script:z"')
    assert isinstance(statement, Assign)
    assert dotted(statement.target) == "env.FOO"
    value = value_of(statement)
    assert isinstance(value, Joined)
    assert [text_of(part) or dotted(part) for part in value.parts] == [
        "a ",
        "key",
        " ",
        "env.BAR",
        " ",
        "x.y",
        ' "q" ',
        "z",
    ]


def test_what_the_grammar_does_not_know_is_read_all_the_same() -> None:
    body = ps('$a = $env:X ?? "d"\n$b = $(terraform -chdir=t output -raw k)\n$c ??= 1\nGet-X -Property a, b')
    assert isinstance(value_of(body[0]), Choice)
    assert words(value_of(body[1])) == ["terraform", "-chdir", "t", "output", "-raw", "k"]
    assert words(command_of(body[3])) == ["Get-X", "-Property", "a", "b"]


def test_values_of_powershell() -> None:
    body = ps(
        "$h = @{ A = 'b''c'; \"D\" = $e }\n$l = @(1, 'x')\n$m = 1, 2\n$n = $true\n"
        "$o = [string]$p\n$q = 0x1F\n"
        "$r = if ($a) { 1 } else { 2 }\n$s = { az x }\n$t = 1.5\n$u = -not $v\n$w = @'\nroh $x\n'@\n"
        '$y = @"\nK=$k\n"@\n'
    )
    record = value_of(body[0])
    assert isinstance(record, Record)
    assert [(text_of(one.key), text_of(one.value) or dotted(one.value)) for one in record.entries] == [
        ("A", "b'c"),
        ("D", "e"),
    ]
    assert isinstance(value_of(body[1]), Items)
    assert isinstance(value_of(body[2]), Items)
    assert value_of(body[3]) == Literal(value_of(body[3]).span, value=True)
    assert dotted(value_of(body[4])) == "p"
    assert text_of(value_of(body[10])) == "roh $x"
    assert isinstance(value_of(body[11]), Joined)


def test_calls_of_dotnet() -> None:
    (statement,) = ps('[Environment]::SetEnvironmentVariable("A", $b, "User")')
    assert isinstance(statement, Evaluate)
    call = statement.value
    assert isinstance(call, Call)
    assert dotted(call.callee) == "Environment.SetEnvironmentVariable"
    assert [text_of(one.value) or dotted(one.value) for one in call.arguments] == ["A", "b", "User"]


def test_objects_that_are_made_with_arguments() -> None:
    command = value_of(ps("$c = New-Object System.Management.Automation.PSCredential($u, $p)")[0])
    assert isinstance(command, Command)
    assert isinstance(command.words[-1], Items)
    assert [dotted(one) for one in command.words[-1].items] == ["u", "p"]


def test_parameters_and_functions_of_powershell() -> None:
    body = ps(
        'param([string]$Name = "x", [Parameter(Mandatory)] [securestring] $Pw)\n'
        "function Get-It { param($A)\n  return $A\n}\nfunction F($B) { az x }\n"
    )
    assert [(one.type, one.words) for one in body[:2] if isinstance(one, Assign)] == [
        ("string", ("param",)),
        ("securestring", ("param",)),
    ]
    functions = [one.function for one in body if isinstance(one, Define)]
    assert [(one.name, [p.name for p in one.parameters]) for one in functions] == [
        ("Get-It", ["A"]),
        ("F", ["B"]),
    ]
    assert isinstance(functions[0].body[0], Return)


def test_control_flow_of_powershell() -> None:
    body = ps(
        "if ($a) { az a } elseif ($b) { az b } else { az c }\nforeach ($i in $list) { az d }\n"
        "while ($true) { az e }\ntry { az f } catch { az g } finally { az h }\nswitch ($x) { 'a' { az i } }\n"
    )
    assert [type(one) for one in body] == [Block, Block, Block, Repeat, Repeat, Block, Block]
    assert isinstance(body[3], Repeat)
    assert body[3].names == ("i",)
    assert dotted(body[3].over or Name(body[3].span, "")) == "list"


def test_output_of_powershell_to_a_file() -> None:
    command = command_of(ps("az keys > out.txt")[0])
    redirect = command.words[-1]
    assert isinstance(redirect, Other)
    assert text_of(redirect.parts[-1]) == "out.txt"


def test_deep_nesting_of_powershell_is_bounded() -> None:
    source = powershell.read("a.ps1", "if (1) {" * 500 + "}" * 500)
    assert source.problems


DOCKERFILE = """\
FROM x AS base
ENV A=b C="d e $A" \\
    # comment

    É=f
ENV OLD some value
ARG X
ARG Y=1
run --mount=type=secret,id=s az login -p "$Y" && \\
   # hi
   az acr login -n é
RUN <<EOF
az foo
EOF
RUN cat <<EOF > .env
K=v
EOF
COPY . /app
CMD ["python", "app.py"]
"""


def test_instructions_of_a_dockerfile() -> None:
    source = dockerfile.read("Dockerfile", DOCKERFILE)
    body = body_of(source)
    assert source.units[0].language is Language.DOCKERFILE
    assigned = [one for one in body if isinstance(one, Assign)]
    assert [(dotted(one.target), one.words[0], text_of(one.value)) for one in assigned] == [
        ("A", "ENV", "b"),
        ("C", "ENV", None),
        ("É", "ENV", "f"),
        ("OLD", "ENV", "some value"),
        ("X", "ARG", None),
        ("Y", "ARG", "1"),
    ]
    commands = [words(one.value) for one in body if isinstance(one, Evaluate)]
    assert commands[0] == ["FROM", "x", "AS", "base"]
    assert commands[1] == ["az", "login", "-p", "Y"]
    assert commands[2] == ["az", "acr", "login", "-n", "é"]
    assert commands[3] == ["az", "foo"]
    assert commands[4][0] == "cat"
    assert commands[5:] == [["COPY", ".", "/app"], ["python", "app.py"]]


def test_places_in_a_dockerfile_are_those_of_the_file() -> None:
    body = body_of(dockerfile.read("Dockerfile", DOCKERFILE))
    second = command_of([one for one in body if isinstance(one, Evaluate)][2])
    assert DOCKERFILE.encode()[second.span.start : second.span.end] == "az acr login -n é".encode()
    assert second.span.line == 11


@pytest.mark.parametrize("text", ["# escape=`\nRUN az a `\n  b\n", "RUN az a \\\n  b"])
def test_the_escape_of_a_dockerfile_may_be_another(text: str) -> None:
    assert words(command_of(body_of(dockerfile.read("Dockerfile", text))[0])) == ["az", "a", "b"]


def test_more_of_powershell_than_its_grammar_knows() -> None:
    body = ps(
        "Enable-It -ErrorDocument404Path 'index.html' -Path ..,helm,x.yaml\n"
        "az resource list --query [].name --output tsv\naz x --query [0].id\n"
    )
    assert words(command_of(body[0])) == [
        "Enable-It",
        "-ErrorDocument404Path",
        "index.html",
        "-Path",
        "..,helm,x.yaml",
    ]
    assert words(command_of(body[1]))[-3] == "[].name"
    assert words(command_of(body[2]))[-1] == "[0].id"


def test_a_script_that_ends_with_a_backslash_is_read() -> None:
    assert words(command_of(sh("az a \\\n  -b \\\n")[0])) == ["az", "a", "-b"]


@pytest.mark.parametrize(
    "text", ["a " + " -a b, c" * 5_000 + "[", "Get-X " + "-a:b " * 5_000, "$x = " + "(" * 3_000]
)
def test_hostile_powershell_takes_no_time(text: str) -> None:
    start = time.process_time()
    powershell.read("a.ps1", text)
    assert time.process_time() - start < 20


def test_words_with_variables_and_choices_of_powershell() -> None:
    body = ps(
        "docker push $registry/${script:service}:linux $env:HOST/x\n$a = $b ? 'x' : $c\nGet-X $root/../data\n"
        "$d = $total / $count\n$e = $f | Where-Object { $_ }\n"
    )
    word = command_of(body[0]).words[2]
    assert isinstance(word, Joined)
    assert [text_of(part) or dotted(part) for part in word.parts] == ["registry", "/", "service", ":linux"]
    last = command_of(body[0]).words[3]
    assert isinstance(last, Joined)
    assert dotted(last.parts[0]) == "env.HOST"
    assert isinstance(value_of(body[1]), Choice)
    assert isinstance(command_of(body[2]).words[1], Joined)
