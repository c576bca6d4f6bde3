"""Texts, collections and conditions."""

from __future__ import annotations

from python_programs.writer import Block, Form, Writer


def _assigned(w: Writer, b: Block, depth: int) -> str:
    name, other = w.name(), w.name()
    match w.random.randrange(4):
        case 0:
            b.add(f"{name} = {w.text(b, depth)}")
        case 1:
            b.add(f"{name}: str = {w.text(b, depth)}")
        case 2:
            b.add(f"{name} = {w.literal()}", f"{name} = {w.text(b, depth)}")
        case _:
            b.add(f"{name} = {other} = {w.text(b, depth)}")
    return name


def _unpacked(w: Writer, b: Block, depth: int) -> str:
    one, two, three = w.name(), w.name(), w.name()
    value = w.text(b, depth)
    match w.random.randrange(7):
        case 0:
            b.add(f"{one}, {two} = {w.literal()}, {value}")
            return two
        case 1:
            b.add(f"{three} = ({value}, {w.literal()})", f"{one}, {two} = {three}")
            return one
        case 2:
            b.add(f"({one}, ({two}, {three})) = ({w.literal()}, ({value}, {w.literal()}))")
            return two
        case 3:
            b.add(f"{one}, *{two} = [{w.literal()}, {value}, {w.literal()}]")
            return f"{two}[0]"
        case 4:
            b.add(f"*{one}, {two} = [{w.literal()}, {value}]")
            return two
        case 5:
            b.add(f"{one}, {two} = {value}, {w.literal()}", f"{one}, {two} = {two}, {one}")
            return two
        case _:
            b.add(f"{one}, {two} = {{'a': {value}, 'b': {w.literal()}}}.values()")
            return one


def _augmented(w: Writer, b: Block, depth: int) -> str:
    name = w.name()
    match w.random.randrange(3):
        case 0:
            b.add(f"{name} = 'us.'", f"{name} += {w.text(b, depth)}")
        case 1:
            b.add(f"{name} = ''", f"{name} += 'eu'", f"{name} += '.'", f"{name} += {w.text(b, depth)}")
        case _:
            b.add(f"{name} = [{w.literal()}]", f"{name} += [{w.text(b, depth)}]")
            return f"{name}[1]"
    return name


def _formatted(w: Writer, b: Block, depth: int) -> str:
    scope = w.name("scope")
    b.add(f"{scope} = {w.pick(['us', 'eu', 'apac'])!r}")
    value = w.held(b, depth)
    return w.pick(
        [
            f"f'{{{scope}}}.{{{value}}}'",
            f"f'{{{scope}!s}}.{{{value}}}'",
            f"f'us.{{{value}:s}}'",
            f"'{{}}.{{}}'.format({scope}, {value})",
            f"'{{1}}.{{0}}'.format({value}, {scope})",
            f"'{{s}}.{{m}}'.format(s={scope}, m={value})",
            f"'{{s}}.{{m}}'.format(**{{'s': {scope}, 'm': {value}}})",
            f"'{{0[m]}}'.format({{'m': {value}}})",
            f"'%s.%s' % ({scope}, {value})",
            f"'us.%s' % {value}",
            f"'%(s)s.%(m)s' % {{'s': {scope}, 'm': {value}}}",
            f"{scope} + '.' + {value}",
            f"'.'.join([{scope}, {value}])",
            f"'.'.join(({scope}, {value}))",
            f"'.'.join(part for part in ({scope}, {value}))",
            f"str({value})",
            f"('x' + {value})[1:]",
            f"({value} + '/x').split('/')[0]",
            f"({value} + '/x').rsplit('/', 1)[0]",
            f"({value} + '/x').partition('/')[0]",
            f"('  ' + {value} + ' ').strip()",
            f"{value}.upper().lower()",
            f"('model/' + {value}).removeprefix('model/')",
            f"{value}.replace('v1', 'v2')",
        ]
    )


def _conditional(w: Writer, b: Block, depth: int) -> str:
    outcome = w.pick([True, False])
    value, other = w.text(b, depth), w.literal()
    test = w.condition(b, outcome)
    name = w.name()
    match w.random.randrange(7):
        case 0:
            return f"({value} if {test} else {other})" if outcome else f"({other} if {test} else {value})"
        case 1:
            return f"({w.pick(['None', repr(''), 'False'])} or {value})"
        case 2:
            return f"({other} and {value})"
        case 3:
            b.add(
                f"if {test}:",
                f"    {name} = {value if outcome else other}",
                "else:",
                f"    {name} = {other if outcome else value}",
            )
        case 4:
            b.add(f"{name} = {other if outcome else value}", f"if {test}:", f"    {name} = {value if outcome else other}")
        case 5:
            second = w.truth(b, True)
            b.add(f"if {test}:", f"    {name} = {value if outcome else other}", f"elif {second}:",
                  f"    {name} = {other if outcome else value}", "else:", f"    {name} = {w.literal()}")  # fmt: skip
        case _:
            b.add(f"{name} = None", f"if not {name}:", f"    {name} = {value}")
    return name


def _dictionary(w: Writer, b: Block, depth: int) -> str:
    name, value, key = w.name("models"), w.text(b, depth), w.name("key")
    match w.random.randrange(10):
        case 0:
            b.add(f"{name} = {{'a': {w.literal()}, 'b': {value}}}")
            return f"{name}['b']"
        case 1:
            b.add(f"{name} = dict(a={value}, b={w.literal()})", f"{key} = 'a'")
            return f"{name}[{key}]"
        case 2:
            b.add(f"{name} = {{'a': {w.literal()}}}")
            return f"{name}.get('z', {value})"
        case 3:
            b.add(f"{name} = {{'a': {value}}}")
            return f"{name}.get('a', {w.literal()})"
        case 4:
            b.add(f"{name} = {{'x': {{'a': {value}, 'b': {w.literal()}}}}}")
            return f"{name}['x']['a']"
        case 5:
            b.add(f"{name} = {{1: {w.literal()}, 2: {value}}}")
            return f"{name}[2]"
        case 6:
            b.add(f"{name} = {{('a', 'b'): {value}, ('c', 'd'): {w.literal()}}}")
            return f"{name}[('a', 'b')]"
        case 7:
            b.add(f"{name} = dict([('a', {value}), ('b', {w.literal()})])")
            return f"{name}['a']"
        case 8:
            b.add(f"{name} = dict(zip(['a', 'b'], [{w.literal()}, {value}]))")
            return f"{name}['b']"
        case _:
            b.add(f"{name} = {{'a': {{}}}}")
            return f"{name}['a'].get('m', {value})"


def _changed(w: Writer, b: Block, depth: int) -> str:
    name, value, old = w.name("settings"), w.text(b, depth), w.literal()
    other = w.name("more")
    start = f"{name} = {{'m': {old}, 'n': {w.literal()}}}"
    match w.random.randrange(14):
        case 0:
            b.add(start, f"{name}['m'] = {value}")
        case 1:
            b.add(start, f"{name}.update({{'m': {value}}})")
        case 2:
            b.add(start, f"{name}.update(m={value})")
        case 3:
            b.add(start, f"{name} |= {{'m': {value}}}")
        case 4:
            b.add(start, f"{name} = {name} | {{'m': {value}}}")
        case 5:
            b.add(start, f"{name} = {{**{name}, 'm': {value}}}")
        case 6:
            b.add(f"{name} = {{'m': {value}}}", f"{other} = {{'k': 1}}", f"{name} = {{**{name}, **{other}}}")
        case 7:
            b.add(f"{name} = {{}}", f"{name}.setdefault('m', {value})")
        case 8:
            b.add(start, f"{name}.setdefault('m', {w.literal()})", f"{name}['m'] = {value}")
        case 9:
            b.add(start, f"{other} = {name}.pop('n')", f"{name} = dict({name}, m={value})")
        case 10:
            b.add(start, f"del {name}['m']", f"{name}['m'] = {value}")
        case 11:
            b.add(f"{name} = {{'m': {value}}}", f"{other} = {name}.copy()", f"{other}['m'] = {w.literal()}")
        case 12:
            b.add(f"{name} = {{'m': {value}}}", f"{other} = dict({name})", f"{other}.update(m={w.literal()})")
        case _:
            b.add(f"{name} = {{'m': {old}}}", f"{other} = {name}", f"{other}['m'] = {value}")
            return f"{other}['m']"
    return f"{name}['m']"


def _sequence(w: Writer, b: Block, depth: int) -> str:
    name, value = w.name("list"), w.text(b, depth)
    one, two = w.literal(), w.literal()
    match w.random.randrange(12):
        case 0:
            b.add(f"{name} = [{one}, {value}, {two}]")
            return f"{name}[1]"
        case 1:
            b.add(f"{name} = ({one}, {value})")
            return f"{name}[-1]"
        case 2:
            return f"[{value}, {one}][0]"
        case 3:
            b.add(f"{name} = [{one}, {two}, {value}]")
            return f"{name}[1:][1]"
        case 4:
            b.add(f"{name} = []", f"{name}.append({value})")
            return f"{name}[0]"
        case 5:
            b.add(f"{name} = [{one}]", f"{name}.extend([{two}, {value}])")
            return f"{name}[2]"
        case 6:
            b.add(f"{name} = [{one}]", f"{name}.insert(0, {value})")
            return f"{name}[0]"
        case 7:
            b.add(f"{name} = [{one}, {two}]", f"{name}[1] = {value}")
            return f"{name}[1]"
        case 8:
            b.add(f"{name} = [{one}] + [{value}]")
            return f"{name}[1]"
        case 9:
            b.add(f"{name} = [*[{one}], {value}]")
            return f"{name}[1]"
        case 10:
            return f"next(iter([{value}]))"
        case _:
            b.add(f"{name} = [{value}, {one}]", f"{name} = {name}[::-1]")
            return f"{name}[1]"


def _comprehension(w: Writer, b: Block, depth: int) -> str:
    value, one = w.held(b, depth), w.literal()
    return w.pick(
        [
            f"[each for each in [{one}, {value}]][1]",
            f"[f'us.{{each}}' for each in [{value}]][0]",
            f"{{key: each for key, each in [('a', {value})]}}['a']",
            f"{{key: 'us.' + key for key in [{value}]}}[{value}]",
            f"{{key: each for key, each in {{'a': {value}, 'b': {one}}}.items()}}['a']",
            f"{{key: each for key, each in {{'a': {value}, 'b': {one}}}.items() if key != 'b'}}['a']",
            f"[each for each in [{one}, {value}] if each != {one}][0]",
            f"next(each for each in [{value}] if each)",
            f"[each['id'] for each in [{{'id': {value}, 'on': True}}, {{'id': {one}, 'on': False}}] if each['on']][0]",
            f"list({{'a': {value}}}.values())[0]",
            f"[each for row in [[{one}], [{value}]] for each in row][1]",
            f"next((each for each in [{one}] if each == 'x'), {value})",
            f"[each for _, each in enumerate([{one}, {value}])][1]",
            f"[right for left, right in zip([1, 2], [{value}, {one}])][0]",
        ]
    )


# Each with how often it is taken.
FORMS: dict[Form, int] = {
    _assigned: 1,
    _unpacked: 1,
    _augmented: 1,
    _formatted: 2,
    _conditional: 2,
    _dictionary: 2,
    _changed: 2,
    _sequence: 1,
    _comprehension: 1,
}
