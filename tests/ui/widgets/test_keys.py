"""The key table, the keys a user gives instead, and the settings file."""

from __future__ import annotations

from pathlib import Path

import pytest

from chainview.system.errors import ChainviewError
from chainview.ui.lines.line import plain
from chainview.ui.widgets.footer import MOST_KEYS, Now, footer_keys, keys_line
from chainview.ui.widgets.key_map import KeyMap
from chainview.ui.widgets.key_names import key_name, key_shown
from chainview.ui.widgets.key_table import ACTIONS, BY_ID
from chainview.ui.widgets.keys import ActionId, Scope
from chainview.ui.widgets.settings import read_settings, variable_of
from chainview.ui.widgets.themes import chosen_theme
from tests.ui.app_driver import Driven, drive_live, few_calls


def test_ids_and_default_keys_are_unique() -> None:
    """No two actions share an id or a key, and nothing is on ^c."""
    names = [key_name(key) for action in ACTIONS for key in action.keys]
    assert len(BY_ID) == len(ACTIONS)
    assert len(set(names)) == len(names)
    assert "ctrl+c" not in names


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("j", "j"),
        ("G", "G"),
        ("^d", "ctrl+d"),
        ("Ctrl+D", "ctrl+d"),
        ("PgDn", "pagedown"),
        ("esc", "escape"),
        ("F1", "f1"),
    ],
)
def test_keys_may_be_written_as_people_write_them(written: str, name: str) -> None:
    """Characters, ^x, ctrl+x and words all name a key."""
    assert key_name(written) == name


def test_keys_that_need_a_third_one_on_many_keyboards_have_others_beside_them() -> None:
    """Brackets are written with AltGr there, comma and full stop are not."""
    keymap = KeyMap()
    assert keymap.keys(ActionId.DIFF_NEXT) == (".", "]")
    assert keymap.keys(ActionId.DIFF_PREV) == (",", "[")


@pytest.mark.parametrize("written", ["", "wat", "ctrl+", "f99", "jj", "\x1b"])
def test_what_is_no_key_is_refused(written: str) -> None:
    """A word that names no key is refused in a sentence."""
    with pytest.raises(ChainviewError, match="is no key"):
        key_name(written)


def test_every_default_key_is_shown_as_it_can_be_written() -> None:
    """What screens show for a key names that key, arrows aside."""
    for action in ACTIONS:
        for key in action.keys:
            shown = key_shown(key_name(key))
            assert shown in "↑↓←→" or key_name(shown) == key_name(key)


def test_a_users_key_wins_over_a_default_one() -> None:
    """A key given to another action no longer does what it did."""
    keymap = KeyMap({"save": ("j",)})
    action = keymap.action_for("j")
    assert action is not None
    assert action.id == "save"
    assert keymap.keys(ActionId.CURSOR_DOWN) == ("↓",)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"nothing": ("j",)}, "no action 'nothing'"),
        ({"save": ("j",), "call": ("j",)}, "given to both"),
        ({"save": ("^c",)}, "can't be given"),
    ],
)
def test_wrong_key_settings_are_said_in_a_sentence(changed: dict[str, tuple[str, ...]], message: str) -> None:
    """Unknown ids, keys given twice and ^c are refused."""
    with pytest.raises(ChainviewError, match=message):
        KeyMap(changed)


def test_settings_take_dotted_ids_with_and_without_quotes(tmp_path: Path) -> None:
    """An id may be a quoted key or a dotted one, its keys a text or a list."""
    path = tmp_path / "config.toml"
    path.write_text('theme = "light"\n[keys]\nfold.all = "x z"\n"fold.none" = ["+"]\n', encoding="utf-8")
    settings = read_settings(path)
    assert settings.theme == "light"
    assert settings.keys == {"fold.all": ("x", "z"), "fold.none": ("+",)}


def test_missing_settings_say_nothing(tmp_path: Path) -> None:
    """Without a file there are no settings and no complaint."""
    assert read_settings(tmp_path / "none.toml").keys == {}


def test_the_environment_holds_over_the_file(tmp_path: Path) -> None:
    """Each setting has a variable; where each is from is known, and what is none too."""
    path = tmp_path / "config.toml"
    path.write_text('theme = "light"\nmouse = false\nthem = 1\n[keys]\nfold.all = "x"\n', encoding="utf-8")
    environ = {
        variable_of("keys.fold.all"): "z +",
        "CHAINVIEW_MOUSE": "on",
        "CHAINVIEW_KEYS": "1",
        "CHAINVIEW_DEBUG": "1",
    }
    settings = read_settings(path, environ)
    assert (settings.theme, settings.mouse, settings.keys) == ("light", True, {"fold.all": ("z", "+")})
    assert settings.origins == {
        "theme": str(path), "mouse": "CHAINVIEW_MOUSE", "keys.fold.all": "CHAINVIEW_KEYS_FOLD_ALL",
    }  # fmt: skip
    assert settings.unknown == (f"them in {path}", "CHAINVIEW_KEYS in the environment")
    with pytest.raises(ChainviewError, match="CHAINVIEW_MOUSE must be true or false"):
        read_settings(path, {"CHAINVIEW_MOUSE": "maybe"})
    with pytest.raises(ChainviewError, match="in CHAINVIEW_KEYS_FOLD_ALL: 'zz' is no key"):
        read_settings(path, {"CHAINVIEW_KEYS_FOLD_ALL": "zz"}).keymap()


def test_a_key_that_another_action_has_by_default_is_told() -> None:
    """In a sentence that names both, unless that other one was given keys, or none, itself."""
    assert KeyMap({"save": ("j", "F3")}).taken == ("the key j is save's now and no more cursor.down's, which has ↓",)
    assert KeyMap({"save": ("x",)}).taken == (
        "the key x is save's now and no more call.interrupt's, which has no key now",
    )
    assert KeyMap({"save": ("x",), "call.interrupt": ()}).taken == KeyMap({"save": ("F3",)}).taken == ()


def test_a_taken_key_is_told_as_the_screen_opens() -> None:
    """Nobody has to find out that a key does something else than help elsewhere says."""

    async def script(driven: Driven) -> None:
        assert any("the key x is save's now" in each for each in driven.said())

    drive_live(script, keymap=KeyMap({"save": ("x",)}))


@pytest.mark.parametrize("text", ["keys = 3", "[keys]\nsave = 3", "theme = 1", "= nothing"])
def test_wrong_settings_name_the_file(text: str, tmp_path: Path) -> None:
    """What can't be understood in the file is said with its path."""
    path = tmp_path / "config.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ChainviewError, match=r"config\.toml"):
        read_settings(path)


def test_the_theme_is_chosen_in_order(tmp_path: Path) -> None:
    """NO_COLOR, the option, the environment, the settings and the terminal's background decide in this order."""
    path = tmp_path / "config.toml"
    path.write_text('theme = "dark"\n', encoding="utf-8")
    ansi = read_settings(path, {"CHAINVIEW_THEME": "ansi"}).theme
    assert chosen_theme("light", "", {"NO_COLOR": "1"}) == "ansi"
    assert chosen_theme("light", ansi, {}) == "light"
    assert chosen_theme("", ansi, {}) == "ansi"
    assert read_settings(path, {"CHAINVIEW_THEME": ""}).theme == "dark"
    assert chosen_theme("", "light", {}) == "light"
    assert chosen_theme("", "", {"COLORFGBG": "0;15"}) == "light"
    assert chosen_theme("", "", {"COLORFGBG": "15;0"}) == "dark"
    with pytest.raises(ChainviewError, match="no theme"):
        chosen_theme("pink", "", {})


@pytest.mark.parametrize(
    ("environ", "theme"),
    [
        ({"TERM": "screen"}, "ansi"),
        ({"TERM": "xterm-16color"}, "ansi"),
        ({"TERM": "linux", "COLORFGBG": "0;15"}, "ansi"),
        ({"TERM": "screen", "COLORTERM": "truecolor"}, "dark"),
        ({"TERM": "screen-256color"}, "dark"),
        ({"TERM": "xterm-kitty"}, "dark"),
    ],
)
def test_a_terminal_of_few_colours_has_its_own(environ: dict[str, str], theme: str) -> None:
    """Where ours would come out as others the terminal's own colours are used, unless a theme is asked for."""
    assert chosen_theme("", "", environ) == theme
    assert chosen_theme("light", "", environ) == "light"


def test_the_footer_shows_few_keys_that_are_valid_now() -> None:
    """Whatever the state, the footer has at most seven keys, none of the actor's on a file or after its end."""
    for scope in (Scope.LIVE, Scope.FILE):
        for over in (False, True):
            for details in (False, True):
                now = Now(scope=scope, over=over, details=details, in_details=details, running=True)
                ids = [action_id for action_id, _ in footer_keys(now)]
                assert 4 <= len(ids) <= MOST_KEYS
                if over or scope is Scope.FILE:
                    assert not {"call", "actor.pause", "call.interrupt"} & set(ids)


def test_footer_words_change_with_the_state() -> None:
    """Follow reads as what it would do, and so do pause and filter."""
    assert ("follow", "stop following") in footer_keys(Now(following=True))
    assert ("follow", "follow") in footer_keys(Now(following=False))
    assert ("actor.pause", "resume actor") in footer_keys(Now(paused=True))
    assert ("filter.toggle", "filter off") in footer_keys(Now(filtered=True))


def test_the_footer_offers_nothing_that_has_nothing_to_work_on() -> None:
    """Without events there is nothing to find, filter, fold, copy or look at; outside a call nothing to fold."""
    ids = dict(footer_keys(Now(empty=True, folded=None)))
    assert not {"find", "filter", "fold.toggle", "details", "copy.event", "pane.next"} & set(ids)
    assert "fold.toggle" not in dict(footer_keys(Now(Scope.FILE, folded=None)))
    assert ("fold.toggle", "unfold") in footer_keys(Now(Scope.FILE, can_follow=False, folded=True))
    for now in (Now(Scope.FILE, can_follow=False), Now(Scope.FILE, can_follow=False, details=True), Now(over=True)):
        assert 5 <= len(footer_keys(now)) <= MOST_KEYS


def test_the_footer_shows_a_users_keys() -> None:
    """The footer is made from the key map, so that given keys are what it shows."""
    line, _ = keys_line(footer_keys(Now()), KeyMap({"find": ("^s",)}), 120)
    assert "^s find" in plain(line)


def test_a_footer_that_has_no_room_keeps_the_most_useful_keys() -> None:
    """A key stands with its whole label or not at all; the first that does not fit ends the line, and at the end of
    the line the blanks behind a label need no room."""
    chosen = [(ActionId.FIND, "find"), (ActionId.FILTER, "only what matches"), (ActionId.CALL, "call")]
    for width, shown in ((29, 2), (28, 2), (27, 1), (9, 1), (7, 1), (6, 0), (0, 0)):
        line, words = keys_line(chosen, KeyMap(), width)
        assert plain(line) == " / find  & only what matches  "[: (1, 9, 30)[shown]]
        assert set(words.values()) == {action_id for action_id, _ in chosen[:shown]}
    assert plain(keys_line(chosen, KeyMap(), 80)[0]).endswith("c call  ")


def test_the_footer_leaves_out_what_has_no_key() -> None:
    """An action without a key is left out, and the next one takes its room."""
    line, words = keys_line([(ActionId.ACTOR_STOP, "stop"), (ActionId.FIND, "find")], KeyMap(), 9)
    assert plain(line) == " / find  "
    assert words == {"/": ActionId.FIND, " find  ": ActionId.FIND}


def test_the_footer_of_a_busy_screen_keeps_help_first_and_the_palette_last() -> None:
    """Where more would be of use than seven keys, what is least useful gives way to the way to all of them."""
    now = Now(running=True, build_waits=True, searching=True, filtered=True)
    ids = [action_id for action_id, _ in footer_keys(now)]
    assert len(ids) == MOST_KEYS
    assert ids[0] is ActionId.HELP
    assert ids[1] is ActionId.CALL_INTERRUPT
    assert ids[-1] is ActionId.PALETTE
    assert ActionId.DETAILS not in ids


def test_every_id_is_of_one_action() -> None:
    """The key table has each id once, so that no id can be asked for in vain."""
    assert [action.id for action in ACTIONS] == list(ActionId)


def test_the_live_screen_answers_for_its_actions_and_no_others() -> None:
    """What help and palette promise on the live screen does something, and nothing does what they do not tell."""

    async def script(driven: Driven) -> None:
        assert set(driven.screen.handlers) == {action.id for action in ACTIONS if action.scope & Scope.LIVE}

    drive_live(script)


def test_movement_folding_and_follow_reach_the_tree() -> None:
    """The moving keys move the cursor, space folds, f stops following."""

    async def script(driven: Driven) -> None:
        tree = driven.screen.chain_tree
        await driven.press("g")
        assert tree.cursor == 0
        assert not tree.following
        await driven.press("j", "j", "k")
        assert tree.cursor == 1
        await driven.press("J")
        assert tree.cursor == 3
        await driven.press("G")
        assert tree.following
        await driven.press("f")
        assert not tree.following
        await driven.press("e")
        assert tree.cursor == 10

    drive_live(script, few_calls())
