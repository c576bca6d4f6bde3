"""Faults of a policy: what is told of each, and that hostile files are refused quickly and in no other way."""

from __future__ import annotations

import string
import time
from collections.abc import Mapping

import jsonschema
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from policy_texts import COMPLETE, RULES, load
from routelint import policy
from routelint.policy import PolicyError
from routelint.policy.conforms import FORMATS, conforms, schema
from routelint.policy.source import parse, plain

SLOWEST_SECONDS = 3.0  # of any hostile policy, on a loaded machine; usual is a few milliseconds


def faults(text: str, files: Mapping[str, str] | None = None) -> list[str]:
    with pytest.raises(PolicyError) as caught:
        load(text, files)
    assert caught.value.diagnostics() == str(caught.value) == "\n".join(map(str, caught.value.faults))
    return [str(fault).removeprefix("routelint.yaml:") for fault in caught.value.faults]


V = "version: 1\n"
ID_OF_A_RULE = "expected the id of a rule; 'routelint rules' lists them"
QUOTES = "quotes around a value that starts with one of * & ! % @ `"
SECTIONS = (
    "version, extends, tiers, tiered_modalities, prices, models, environments, tags, workloads, tasks, audiences, justification"
)
KEYS = ", ".join(schema()["properties"])
FAULTS = {
    "an empty file": ("", ["1:1: the policy is empty; expected at least 'version: 1'"]),
    "only a comment": ("# later\n", ["1:1: the policy is empty; expected at least 'version: 1'"]),
    "a list": ("- a\n", ["1:1: the policy is a list; expected a mapping that starts with 'version: 1'"]),
    "a word": ("yes\n", ["1:1: the policy is a single value; expected a mapping that starts with 'version: 1'"]),
    "no version": ("tiers: {}\n", ["1:1: key 'version' is missing; expected 'version: 1'"]),
    "another version": ("version: 2\n", ["1:10: version is 2; expected 1"]),
    "a misspelt section": (
        V + "teirs: {}\n",
        [
            f"2:1: unknown key 'teirs'; expected one of {SECTIONS} and 10 more; nearest key 'tiers'",
        ],
    ),
    "a key like no other": (V + "xyzzy: 1\n", [f"2:1: unknown key 'xyzzy'; expected one of {KEYS}"]),
    "a misspelt inner key": (
        V + "environments:\n  dev:\n    max_teir: economy\n",
        ["4:5: unknown key 'max_teir' in environments.dev; expected one of aliases, max_tier, paths; nearest key 'max_tier'"],
    ),
    "a key that prints badly": (
        V + 'directives: {"a\\nb\\e": 1}\n',
        ["2:14: unknown key 'a\\x0ab\\x1b' in directives; expected one of until_required"],
    ),
    "two of a key": (V + "rules: {}\nrules: {}\n", ["3:1: duplicate key 'rules'; first on line 2; expected each key once"]),
    "a duplicate does not hide another fault": (
        V + "fail_on: eror\nfail_on: x\nshow_notes: 1\n",
        [
            "2:10: fail_on is 'eror'; expected one of error, warning, note, never; nearest 'error'",
            "3:1: duplicate key 'fail_on'; first on line 2; expected each key once",
            "4:13: show_notes is 1; expected true or false",
        ],
    ),
    "a text for a number": (
        V + "tiers: {economy: {below_usd_per_million_tokens: one}}\n",
        ["2:49: tiers.economy.below_usd_per_million_tokens is 'one'; expected a number"],
    ),
    "a quoted number": (V + 'prices: {discount_percent: "12"}\n', ["2:28: prices.discount_percent is '12'; expected a number"]),
    "infinity": (V + "prices: {discount_percent: .inf}\n", ["2:28: prices.discount_percent is '.inf'; expected a number"]),
    "too much": (V + "prices: {discount_percent: 120}\n", ["2:28: prices.discount_percent is 120; expected at most 100"]),
    "nothing at all": (
        V + "workloads: {a: {budget_usd_per_month: 0}}\n",
        ["2:39: workloads.a.budget_usd_per_month is 0; expected more than 0"],
    ),
    "a part of a day": (
        V + "justification: {max_days: 1.5}\n",
        ["2:27: justification.max_days is 1.5; expected a whole number"],
    ),
    "a text for a list": (V + "models: {allow: anthropic.*}\n", ["2:17: models.allow is 'anthropic.*'; expected a list"]),
    "a list for a mapping": (V + "tiers: [economy]\n", ["2:8: tiers is a list; expected a mapping"]),
    "a mapping for a list": (V + "waivers: {}\n", ["2:10: waivers is a mapping; expected a list"]),
    "a number for a text": (
        V + "tags: {required: {team: {keys: [1]}}}\n",
        ["2:33: tags.required.team.keys[0] is 1; expected text"],
    ),
    "no value": (
        V + "prices: {models: {x: {source: }}}\n",
        [
            "2:19: key 'input_usd_per_million_tokens' is missing; expected it in prices.models.x",
            "2:19: key 'output_usd_per_million_tokens' is missing; expected it in prices.models.x",
            "2:31: prices.models.x.source has no value; expected text",
        ],
    ),
    "yes for true": (V + "show_notes: yes\n", ["2:13: show_notes is 'yes'; expected true or false"]),
    "a misspelt severity": (
        V + "rules: {retired-model: eror}\n",
        ["2:24: rules.retired-model is 'eror'; expected one of error, warning, note, off; nearest 'error'"],
    ),
    "false for off": (
        V + "rules: {retired-model: false}\n",
        ["2:24: rules.retired-model is false; expected one of error, warning, note, off"],
    ),
    "a misspelt rule": (
        V + "rules: {retired-modle: error}\n",
        [f"2:9: no rule is called 'retired-modle'; {ID_OF_A_RULE}; nearest 'retired-model'"],
    ),
    "a rule id that is none": (
        V + "rules: {Retired_Model: error}\n",
        [
            "2:9: name 'Retired_Model' in rules cannot be used; expected lower-case words joined by '-'",
            f"2:9: no rule is called 'Retired_Model'; {ID_OF_A_RULE}; nearest 'retired-model'",
        ],
    ),
    "a waiver of no rule": (
        V + "waivers:\n  - {rule: retired-modle, routes: [a], reason: r, expires: 2027-01-01}\n",
        [f"3:12: no rule is called 'retired-modle'; {ID_OF_A_RULE}; nearest 'retired-model'"],
    ),
    "a waiver without what it needs": (
        V + "waivers:\n  - rule: retired-model\n",
        [
            "3:5: key 'expires' is missing; expected it in waivers[0]",
            "3:5: key 'reason' is missing; expected it in waivers[0]",
            "3:5: key 'routes' is missing; expected it in waivers[0]",
        ],
    ),
    "a waiver without a reason": (
        V + "waivers:\n  - {rule: retired-model, routes: [a], reason: '', expires: 2027-01-01}\n",
        ["3:48: waivers[0].reason is an empty text; expected some text"],
    ),
    "a waiver without routes": (
        V + "waivers:\n  - {rule: retired-model, routes: [], reason: r, expires: 2027-01-01}\n",
        ["3:35: waivers[0].routes is an empty list; expected at least one item"],
    ),
    "lists that are needed and left blank": (
        V + "waivers:\n  - {rule: retired-model, routes: , reason: r, expires: 2027-01-01}\n"
        "justification: {roles: {product: {approvers: }}}\n",
        [
            "3:27: key 'routes' has no value; expected it in waivers[0]",
            "4:35: key 'approvers' has no value; expected it in justification.roles.product",
        ],
    ),
    "a day that does not exist": (
        V + "waivers:\n  - {rule: retired-model, routes: [a], reason: r, expires: 2027-02-30}\n",
        ["3:60: waivers[0].expires is '2027-02-30'; expected a day that exists, as YYYY-MM-DD"],
    ),
    "a day of another country": (
        V + "waivers:\n  - {rule: retired-model, routes: [a], reason: r, expires: 31.12.2027}\n",
        ["3:60: waivers[0].expires is '31.12.2027'; expected a day that exists, as YYYY-MM-DD"],
    ),
    "a day and a time": (
        V + "waivers:\n  - {rule: retired-model, routes: [a], reason: r, expires: 2027-01-01T00:00:00}\n",
        ["3:60: waivers[0].expires is '2027-01-01T00:00:00'; expected a day that exists, as YYYY-MM-DD"],
    ),
    "an open bracket in a glob": (
        V + "models: {deny: ['*[a']}\n",
        ["2:17: models.deny[0] is '*[a'; expected a ']' for the '[', or '\\[' for the character itself"],
    ),
    "braces in a glob": (
        V + "models: {deny: ['{a,b}']}\n",
        ["2:17: models.deny[0] is '{a,b}'; expected one pattern for each alternative, without braces"],
    ),
    "a path out of the repository": (
        V + "workloads: {a: {routes: [../b/**]}}\n",
        ["2:26: workloads.a.routes[0] is '../b/**'; expected a path below the folder of the scan, without '..'"],
    ),
    "an open group in an expression": (
        V + "tags: {required: {team: {pattern: '(a+'}}}\n",
        ["2:35: tags.required.team.pattern is '(a+'; expected an expression that RE2 reads (missing ): (a+)"],
    ),
    "look-ahead in an expression": (
        V + "justification: {ticket: '(?=x)'}\n",
        ["2:25: justification.ticket is '(?=x)'; expected an expression that RE2 reads (invalid perl operator: (?=)"],
    ),
    "a word for the environments": (
        V + "tags: {required: {env: {values: environment}}}\n",
        [
            "2:33: tags.required.env.values is 'environment'; expected a list of values, or the word 'environments'; "
            "nearest 'environments'"
        ],
    ),
    "a scope that is none": (
        V + "models: {scopes: [gloabl, us, us]}\n",
        [
            "2:18: models.scopes repeats an item; expected each item once",
            "2:19: models.scopes[0] is 'gloabl'; expected one of us, us-gov, eu, apac, jp, au, ca, in, global; "
            "nearest 'global'",
        ],
    ),
    "an undefined tier": (
        V + "environments: {dev: {max_tier: econmy}}\n",
        [
            "2:32: environments.dev.max_tier names tier 'econmy', which does not exist; expected one of economy, standard, "
            "premium; nearest 'economy'"
        ],
    ),
    "no tiers at all": (
        V + "extends: []\naudiences: {internal: {max_tier: economy}}\n",
        [
            "3:34: audiences.internal.max_tier names tier 'economy', which does not exist; "
            "expected a tier that the policy defines; it defines none"
        ],
    ),
    "a tier taken from under the profile": (
        V + "tiers: {standard: null}\ntasks: null\naudiences: null\nenvironments: {staging: {max_tier: standard}}\n",
        ["5:36: environments.staging.max_tier names tier 'standard', which does not exist; expected one of economy, premium"],
    ),
    "tiers out of order": (
        V + "tiers: {cheap: {below_usd_per_million_tokens: 0.5}}\n",
        [
            "2:47: tier 'cheap' (below 0.5) stands after tier 'standard' (below 3), which leaves it nothing; "
            "expected tiers cheapest first"
        ],
    ),
    "a mix of nothing": (
        V + "prices: {mix: {input: 0, output: 0}}\n",
        ["2:15: prices.mix has no parts at all; expected at least one part above 0"],
    ),
    "one alias for two environments": (
        V + "environments: {a: {aliases: [x]}, b: {aliases: [X]}}\n",
        ["2:49: alias 'X' of environment 'b' belongs to environment 'a' already; expected each spelling once"],
    ),
    "an alias that is a name": (
        V + "environments: {a: {aliases: [b]}, b: {}}\n",
        ["2:30: alias 'b' of environment 'a' belongs to environment 'b' already; expected each spelling once"],
    ),
    "aliases of the default": (
        V + "environments: {default: {aliases: [x]}}\n",
        ["2:26: unknown key 'aliases' in environments.default; expected one of max_tier"],
    ),
    "a name with a blank": (
        V + "workloads: {'a b': {}}\n",
        ["2:13: name 'a b' in workloads cannot be used; expected letters, digits, '.', '_' and '-', a letter or digit first"],
    ),
    "an undefined task": (
        V + "workloads: {a: {task: clasification}}\n",
        [
            "2:23: workloads.a.task names task 'clasification', which does not exist; "
            "expected one of classification, extraction, sentiment, summarization, report; nearest 'classification'"
        ],
    ),
    "an undefined workload": (
        V
        + "workloads: {triage: {}}\n"
        + "justifications:\n  - {id: F, models: [m], workloads: [traige], reason: r, expires: 2027-01-01}\n",
        ["4:38: justification 'F' names workload 'traige', which does not exist; expected one of triage; nearest 'triage'"],
    ),
    "an undefined role": (
        V
        + "justifications:\n"
        + "  - {id: F, models: [m], reason: r, expires: 2027-01-01, approvals: {prod: {by: a, on: 2026-01-01}}}\n",
        [
            "3:70: justification 'F' names role 'prod', which does not exist; "
            "expected a role that the policy defines; it defines none"
        ],
    ),
    "an approval without a day": (
        V
        + "justification: {roles: {product: {approvers: [a]}}}\n"
        + "justifications:\n  - {id: F, models: [m], reason: r, expires: 2027-01-01, approvals: {product: {by: a}}}\n",
        ["4:70: key 'on' is missing; expected it in justifications[0].approvals.product"],
    ),
    "one person for two roles": (
        V + "justification: {roles: {product: {approvers: [a@b]}, finance: {approvers: [A@b]}}}\n",
        [
            "2:54: roles 'product' and 'finance' can only be filled by the same person, 'a@b'; "
            "expected another approver: one person may not fill two roles"
        ],
    ),
    "a role that nobody may fill": (
        V + "justification: {roles: {product: {approvers: []}}}\n",
        ["2:46: justification.roles.product.approvers is an empty list; expected at least one item"],
    ),
    "an approver with a blank": (
        V + "justification: {roles: {product: {approvers: [Ann Other]}}}\n",
        ["2:47: justification.roles.product.approvers[0] is 'Ann Other'; expected an address or a handle, without blanks"],
    ),
    "an id twice": (
        V + "justifications:\n" + "  - {id: F, models: [m], routes: [a], reason: r, expires: 2027-01-01}\n" * 2,
        ["4:10: justification 'F' is there twice; first on line 3; expected each id once"],
    ),
    "a custom rule called like ours": (
        V + "custom_rules: [{id: retired-model, when: 'true', severity: error, message: m}]\n",
        ["2:21: custom rule 'retired-model' has the id of a built-in rule; expected an id of its own"],
    ),
    "a profile that is none": (
        V + "extends: [recomended]\n",
        ["2:11: extends names 'recomended'; expected recommended, strict, audit, or a file; nearest 'recommended'"],
    ),
    "extends without brackets": (V + "extends: recommended\n", ["2:10: extends is 'recommended'; expected a list"]),
    "a URL": (
        V + "extends: [https://example.com/routelint.yaml]\n",
        [
            "2:11: extends names the URL 'https://example.com/routelint.yaml'; "
            "expected a built-in profile or a file: nothing is fetched"
        ],
    ),
    "an absolute path": (
        V + "extends: [/etc/routelint.yaml]\n",
        ["2:11: extends names '/etc/routelint.yaml'; expected a path relative to the policy, with '/'"],
    ),
    "a file that is missing": (
        V + "extends: [org/base.yaml]\n",
        [
            "2:11: extends names 'org/base.yaml', but there is no readable file 'org/base.yaml'; "
            "expected a file relative to the policy"
        ],
    ),
    "itself": (
        V + "extends: [./routelint.yaml]\n",
        ["2:11: extends runs in a circle: routelint.yaml -> routelint.yaml; expected files that do not extend one another"],
    ),
    "a tab": ("version: 1\ntags:\n\trequired: {}\n", ["3:1: a tab indents this line; expected spaces"]),
    "two documents": (V + "---\nversion: 1\n", ["2:1: a second document starts here; expected one document"]),
    "a star without quotes": (
        V + "models: {deny: [*preview*]}\n",
        [f"2:17: a value starts with a character that YAML keeps for itself; expected {QUOTES}"],
    ),
    "an exclamation mark without quotes": (
        V + "waivers: [{rule: retired-model, routes: [!legacy/**], reason: r, expires: 2027-01-01}]\n",
        [f"2:42: a value starts with a character that YAML keeps for itself; expected {QUOTES}"],
    ),
    "a tag of YAML": (
        V + "justification: {ticket: !foo x}\n",
        [f"2:25: '!foo' is read as a YAML tag; expected {QUOTES}"],
    ),
    "an object of Python": (
        V + "justification: {ticket: !!python/object/apply:os.system [x]}\n",
        [
            f"2:25: 'python/object/apply:os.system' is read as a YAML tag; expected {QUOTES}",
            "2:25: justification.ticket is a list; expected text",
        ],
    ),
    "a quote that stays open": (
        V + "fail_on: 'error\n",
        ["2:10: a quote is opened here and never closed; expected the same quote at the end of the value"],
    ),
    "a colon in a text": (
        V + "fail_on: a: b\n",
        ["2:11: not YAML: mapping values are not allowed in this context; expected quotes around a text that holds ': '"],
    ),
    "a control character": (
        V + "fail_on: \x07\n",
        ["2:10: character U+0007 cannot stand in YAML; expected an escape in double quotes"],
    ),
    "half a character": (V + "fail_on: \ud800\n", ["2:10: half of a surrogate pair; expected Unicode text"]),
    "a list as a key": (V + "? [a]\n: b\n", ["2:3: a list or mapping stands as a key; expected a text"]),
    "an alias of nothing": (
        V + "fail_on: *x\n",
        [f"2:10: alias '*x' has no anchor; expected an anchor above, or {QUOTES}"],
    ),
    "an alias of itself": (
        V + "models: {allow: &a [*a]}\n",
        ["2:21: alias '*a' stands inside the value it repeats; expected a value above it"],
    ),
    "a merge of a text": (
        V + "tiers: {<<: economy}\n",
        ["2:13: '<<' holds something else than a mapping; expected an alias of a mapping"],
    ),
    "columns count code points": (
        V + 'workloads: {a: {owner: "équipe 🦊", task: x}}\n',
        [
            "2:42: workloads.a.task names task 'x', which does not exist; "
            "expected one of classification, extraction, sentiment, summarization, report"
        ],
    ),
}


@pytest.mark.parametrize(("text", "expected"), FAULTS.values(), ids=FAULTS)
def test_a_fault_is_told_with_its_place_and_the_way_out(text: str, expected: list[str]) -> None:
    assert faults(text) == expected


def test_every_fault_of_every_file_is_told_at_once_and_sorted() -> None:
    files = {"org/base.yaml": V + "teams: {}\nextends: [more.yaml]\n", "org/more.yaml": V + "rules: {no-such: x}\n"}
    told = faults(V + "extends: [org/base.yaml]\nfail_on: x\nshow_notes: 1\n", files)
    assert told == [
        f"org/base.yaml:2:1: unknown key 'teams'; expected one of {SECTIONS} and 10 more; nearest key 'tags'",
        f"org/more.yaml:2:9: no rule is called 'no-such'; {ID_OF_A_RULE}",
        "org/more.yaml:2:18: rules.no-such is 'x'; expected one of error, warning, note, off",
        "3:10: fail_on is 'x'; expected one of error, warning, note, never",
        "4:13: show_notes is 1; expected true or false",
    ]


def test_a_circle_of_files_is_told_with_its_links() -> None:
    files = {"a.yaml": V + "extends: [b/c.yaml]\n", "b/c.yaml": V + "extends: [../a.yaml]\n"}
    assert faults(V + "extends: [a.yaml]\n", files) == [
        "b/c.yaml:2:11: extends runs in a circle: a.yaml -> b/c.yaml -> a.yaml; expected files that do not extend one another"
    ]


def test_what_a_profile_no_longer_can_say_is_told_at_the_policy() -> None:
    text = V + "tiers: {economy: null}\ntasks: null\nenvironments: {test: {max_tier: standard}}\n"
    assert faults(text) == [
        "1:1: profile recommended, which the policy starts from: environments.dev.max_tier names tier 'economy', which does "
        "not exist; expected one of standard, premium"
    ]


def test_of_very_many_faults_the_first_are_shown() -> None:
    text = V + "rules:\n" + "".join(f"  rule-{number}: error\n" for number in range(1000))
    with pytest.raises(PolicyError) as caught:
        load(text)
    assert len(caught.value.faults) == 1000
    lines = caught.value.diagnostics().splitlines()
    assert len(lines) == 201
    assert lines[-1] == "and 800 more faults"


HOSTILE = {
    "aliases of lists that explode": V
    + "a0: &a0 [x,x,x,x,x,x,x,x,x]\n"
    + "".join(f"a{i}: &a{i} [{','.join([f'*a{i - 1}'] * 9)}]\n" for i in range(1, 30)),
    "aliases of mappings that explode": V
    + "a0: &a0 {x: 1}\n"
    + "".join(f"a{i}: &a{i} {{{','.join(f'k{n}: *a{i - 1}' for n in range(9))}}}\n" for i in range(1, 30)),
    "merge keys that explode": V
    + "a0: &a0 {x: 1}\n"
    + "".join(f"a{i}: &a{i} {{<<: [{','.join([f'*a{i - 1}'] * 9)}]}}\n" for i in range(1, 30)),
    "brackets without end": "[" * 500_000,
    "braces without end": "{a: " * 200_000,
    "dashes without end": "- " * 300_000,
    "indentation without end": "\n".join(" " * depth + "a:" for depth in range(1200)),
    "question marks without end": "? " * 300_000,
    "a million characters too many": "x" * 2_000_000,
    "one endless key": V + "x" * 900_000 + ": 1\n",
    "very many keys": V + "".join(f"key{number}: 1\n" for number in range(20_000)),
    "very many rules": V + "rules:\n" + "".join(f"  rule-{number}: error\n" for number in range(20_000)),
    "a number of very many digits": V + "prices: {discount_percent: " + "9" * 900_000 + "}\n",
    "an expression with counts of counts": V + "justification: {ticket: '((((a{99}){99}){99}){99}){99}'}\n",
    "an expression of empty counts": V + "rules: []\njustification: {ticket: '((((){999}){999}){999}){999}'}\n",
    "an expression of groups in groups": V + "justification: {ticket: '" + "(" * 400 + "'}\n",
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_policy_is_refused_quickly(text: str) -> None:
    start = time.process_time()
    with pytest.raises(PolicyError):
        load(text)
    assert time.process_time() - start < SLOWEST_SECONDS


def test_a_chain_of_files_ends() -> None:
    text = V + "extends: [1.yaml]\n"
    files = {f"{number}.yaml": V + f"extends: [{number + 1}.yaml]\n" for number in range(1, 100)}
    assert faults(text, files) == ["31.yaml:2:11: the policy extends more than 32 files; expected fewer files"]


WORDS = st.sampled_from(
    [
        *("version: 1", "tiers", "rules", "economy", "extends", "recommended", "off", "null", "1e999", "2027-02-30"),
        *("\n", "\n  ", ": ", "{", "}", "[", "]", ", ", "- ", "&a ", "*a", "<<: ", "!x ", "|", ">", "'", '"', "#", "? ", "%"),
        *("~", "---", "\t", "\x00", "\ud800"),
    ]
)
TEXTS = st.one_of(
    st.text(max_size=200),
    st.lists(WORDS, max_size=40).map("".join),
    st.lists(WORDS, max_size=40).map(lambda words: "version: 1\n" + "".join(words)),
    st.tuples(st.integers(0, len(COMPLETE)), st.integers(0, 60), st.lists(WORDS, max_size=3).map("".join)).map(
        lambda cut: COMPLETE[: cut[0]] + cut[2] + COMPLETE[cut[0] + cut[1] :]
    ),
)


@given(TEXTS)
@settings(max_examples=400, deadline=None)
def test_whatever_the_text_there_is_a_policy_or_a_policy_error(text: str) -> None:
    try:
        load(text)
        told: tuple[policy.Fault, ...] = ()
    except PolicyError as error:
        told = error.faults
    for fault in told:
        assert fault.line >= 1
        assert fault.column >= 1
        assert str(fault).isprintable()


def test_a_valid_policy_is_recognised_without_jsonschema() -> None:
    assert conforms(plain(parse(COMPLETE, "x")[0]), schema())


def mutated(draw: st.DrawFn, value: object) -> object:
    """The value with something in it replaced, renamed, dropped or added."""
    if isinstance(value, dict) and value and draw(st.integers(0, 3)):
        key = draw(st.sampled_from(sorted(value)))
        changed = dict(value)
        match draw(st.integers(0, 4)):
            case 0:
                del changed[key]
            case 1:
                changed[key[:-1] + draw(st.sampled_from(string.ascii_lowercase))] = changed.pop(key)
            case _:
                changed[key] = mutated(draw, value[key])
        return changed
    if isinstance(value, list) and value and draw(st.integers(0, 3)):
        index = draw(st.integers(0, len(value) - 1))
        return [*value[:index], mutated(draw, value[index]), *value[index + draw(st.integers(0, 1)) :]]
    scalars = st.sampled_from(
        ["", "x", "error", "2027-02-30", "2027-01-01", "[", "(", "us", -1, 0, 1, 0.5, 101, True, False, None]
    )
    return draw(st.one_of(scalars, st.sampled_from([[], {}, ["x"], ["x", "x"], {"x": "y"}])))


@st.composite
def mutants(draw: st.DrawFn) -> object:
    value: object = plain(parse(COMPLETE, "x")[0])
    for _ in range(draw(st.integers(1, 3))):
        value = mutated(draw, value)
    return value


CHECKER = jsonschema.FormatChecker(formats=())
for name in FORMATS:

    def check(instance: object, name: str = name) -> bool:
        if isinstance(instance, str):
            FORMATS[name](instance)
        return True

    CHECKER.checks(name, raises=ValueError)(check)
VALIDATOR = jsonschema.Draft202012Validator(schema(), format_checker=CHECKER)


@given(mutants())
@settings(max_examples=120, deadline=None)
def test_the_quick_check_accepts_nothing_that_jsonschema_refuses(value: object) -> None:
    valid = VALIDATOR.is_valid(value)
    assert not conforms(value, schema()) or valid  # type: ignore[arg-type]
    # Not required, but it would cost 72 ms a run: refusing what is valid.
    assert conforms(value, schema()) or not valid or _is_doubtful(value)  # type: ignore[arg-type]


def _is_doubtful(value: object) -> bool:
    """Whether a value holds True, 1.0 or the like, where JSON and Python disagree on what is equal."""
    return any(isinstance(each, (bool, float)) for each in _leaves(value))


def _leaves(value: object) -> list[object]:
    match value:
        case dict():
            return [leaf for each in value.values() for leaf in _leaves(each)]
        case list():
            return [leaf for each in value for leaf in _leaves(each)]
    return [value]


@given(mutants())
@settings(max_examples=80, deadline=None)
def test_what_breaks_the_schema_is_always_told(value: object) -> None:
    text = yaml.safe_dump(value, default_flow_style=True, allow_unicode=True)
    if VALIDATOR.is_valid(plain_again(text)):
        return
    with pytest.raises(PolicyError):
        policy.load(text, "x.yaml", read=lambda _: None, rules=RULES)


def plain_again(text: str) -> object:
    """What our reader makes of a text; a value that is valid where it holds nothing readable."""
    try:
        return plain(parse(text, "x")[0])
    except PolicyError:
        return {"version": 1}
