"""`relaxlisten person`: who there is, and what is written about them."""

from __future__ import annotations

import dataclasses
import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from relaxlisten.commands.passphrase import PassphraseFile, opened, started, today
from relaxlisten.errors import UsageError

if TYPE_CHECKING:
    from relaxlisten.people_facts import PersonCard
    from relaxlisten.session.people_key import Entry
    from relaxlisten.session.people_store import People
    from relaxlisten.session.person_folder import PersonFolder

app = typer.Typer(no_args_is_help=True, help="People: assessment, plan, notes, consent, history; export, lock and delete.")
Name = Annotated[str, typer.Argument(help="The person's pseudonym, or ID.")]
_NEVER = "never"
_LISTS = ("goals", "preferences", "avoid")


@app.command(epilog="Example: relaxlisten person new kim")
def new(
    name: Annotated[str, typer.Argument(help="A pseudonym; best no real name.")],
    consent: Annotated[bool, typer.Option("--consent", help="The person has agreed already: do not ask.")] = False,
    version: Annotated[str | None, typer.Option(help="Which text was agreed to, where it is not the shipped one.")] = None,
) -> None:
    """Make a person known, and ask for their consent."""
    from relaxlisten.people_facts import PersonCard
    from relaxlisten.session.people_store import write_card
    from relaxlisten.session.person_card import CONSENT_TEXT, CONSENT_VERSION, agreed

    people = started()
    entry = people.new(name, today())
    typer.echo(f"{entry.name} is known now, as {entry.id}.")
    if not consent:
        typer.echo(CONSENT_TEXT)
        consent = typer.confirm(f"Does {name} agree to this?", default=False)
    if not consent:
        typer.echo(f'No session is recorded until there is a consent: `relaxlisten person consent "{name}" --give`.')
        return
    write_card(people.folder(entry), agreed(PersonCard(), version or CONSENT_VERSION, today()))
    typer.echo("The consent is kept.")


@app.command("list", epilog="Example: relaxlisten person list --find piano")
def list_people(
    find: Annotated[str | None, typer.Option(help="Only where this stands: name, notes, assessment, titles.")] = None,
) -> None:
    """List the people, or those of whom something is written. What is locked is searched by name only."""
    from relaxlisten.commands.listing_people import print_people

    people = started()
    if find is None:
        rows = [(entry, *_size(people.folder(entry))) for entry in people.everybody()]
        if not rows:
            typer.echo("Nobody is known yet: `relaxlisten person new NAME`.")
        else:
            print_people(rows, today())
        return
    found = [line for entry in people.everybody() for line in _mentions(people, entry, find)]
    typer.echo("\n".join(found) if found else f'"{find}" stands nowhere.')


def _size(folder: PersonFolder) -> tuple[int, bool]:
    return sum(name.endswith("/session.jsonl") for name in folder.names()), folder.is_locked


def _mentions(people: People, entry: Entry, text: str) -> list[str]:
    from relaxlisten.session.people_history import mentions

    folder = people.folder(entry)
    if folder.is_locked:
        named = ["name: " + entry.name] if text.casefold() in entry.name.casefold() else []
        return [f"{entry.name}  {line}" for line in named] + [f"{entry.name}  (locked: not searched)"]
    return [f"{entry.name}  {line}" for line in mentions(folder, entry, text)]


@app.command(epilog="Example: relaxlisten person show kim")
def show(name: Name, passphrase_file: PassphraseFile = None) -> None:
    """Show what is written about a person."""
    from relaxlisten.commands.listing_people import print_person
    from relaxlisten.session.people_store import read_card, read_notes

    entry, folder = opened(started(), name, passphrase_file)
    print_person(entry, read_card(folder), read_notes(folder), _size(folder)[0])


@app.command(epilog='Example: relaxlisten person note kim "Wept at the second piece, in a good way."')
def note(
    name: Name,
    text: Annotated[str, typer.Argument(help="The note.")],
    session: Annotated[str | None, typer.Option(help="The session that it is about: its folder's name.")] = None,
    passphrase_file: PassphraseFile = None,
) -> None:
    """Add a note."""
    from relaxlisten.people_facts import Note
    from relaxlisten.session.people_store import add_note

    _, folder = opened(started(), name, passphrase_file)
    written = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
    add_note(folder, Note(written=written, text=text, session=session))
    typer.echo("The note is kept.")


@app.command("set", epilog='Example: relaxlisten person set kim --goal "fall asleep" --avoid "Requiem*" --keep-until 2027-12-31')
def set_(
    name: Name,
    goal: Annotated[list[str] | None, typer.Option(help="Add a goal.")] = None,
    prefer: Annotated[list[str] | None, typer.Option(help="Add something that the person likes.")] = None,
    avoid: Annotated[list[str] | None, typer.Option(help="Never play this: a title, a file, or a pattern with *.")] = None,
    plan: Annotated[str | None, typer.Option(help="What is planned; takes the place of what was.")] = None,
    keep_until: Annotated[str | None, typer.Option(help='A date, as 2027-12-31, or "never" for no end.')] = None,
    new_name: Annotated[str | None, typer.Option("--name", help="Another pseudonym.")] = None,
    clear: Annotated[list[str] | None, typer.Option(help=f"Forget first what stands under {', '.join(_LISTS)} or plan.")] = None,
    passphrase_file: PassphraseFile = None,
) -> None:
    """Change the assessment, the plan, the name, or until when a person is kept."""
    from relaxlisten.session.people_store import read_card, write_card

    people = started()
    until = _day(keep_until) if keep_until and keep_until != _NEVER else None
    entry = people.find(name)
    if any((goal, prefer, avoid, plan is not None, clear)):
        _, folder = opened(people, name, passphrase_file)
        card = _cleared(read_card(folder), clear or [])
        write_card(folder, _added(card, {"goals": goal, "preferences": prefer, "avoid": avoid}, plan))
    if keep_until:
        people.keep_until(entry, until)
    if new_name:
        people.rename(entry, new_name)
    typer.echo("Kept.")


def _cleared(card: PersonCard, names: list[str]) -> PersonCard:
    for name in names:
        if name not in (*_LISTS, "plan"):
            message = f'"{name}" cannot be cleared: choose {", ".join(_LISTS)} or plan.'
            raise UsageError(message)
    empty: dict[str, Any] = {name: "" if name == "plan" else () for name in names}
    return dataclasses.replace(card, **empty)


def _added(card: PersonCard, more: dict[str, list[str] | None], plan: str | None) -> PersonCard:
    lists: dict[str, Any] = {key: tuple(dict.fromkeys((*getattr(card, key), *(texts or ())))) for key, texts in more.items()}
    return dataclasses.replace(card, plan=card.plan if plan is None else plan, **lists)


def _day(text: str) -> datetime.date:
    try:
        return datetime.date.fromisoformat(text)
    except ValueError as fault:
        message = f'"{text}" is no date: write it as 2027-12-31, or "{_NEVER}".'
        raise UsageError(message) from fault


@app.command(epilog="Example: relaxlisten person consent kim --withdraw")
def consent(
    name: Name,
    give: Annotated[bool, typer.Option("--give", help="The person agrees, today.")] = False,
    withdraw: Annotated[bool, typer.Option("--withdraw", help="The person takes the consent back, today.")] = False,
    version: Annotated[str | None, typer.Option(help="Which text was agreed to, where it is not the shipped one.")] = None,
    passphrase_file: PassphraseFile = None,
) -> None:
    """Show, give or withdraw a consent; each is kept with its version and its day."""
    from relaxlisten.commands.listing_people import consent_words
    from relaxlisten.session.people_store import read_card, write_card
    from relaxlisten.session.person_card import CONSENT_TEXT, CONSENT_VERSION, agreed, taken_back

    if give and withdraw:
        raise UsageError("Choose either --give or --withdraw.")
    entry, folder = opened(started(), name, passphrase_file)
    card = read_card(folder)
    if give:
        card = agreed(card, version or CONSENT_VERSION, today())
    elif withdraw:
        card = taken_back(card, today())
    else:
        typer.echo(CONSENT_TEXT)
    if give or withdraw:
        write_card(folder, card)
    typer.echo(consent_words(card))
    if withdraw:
        typer.echo(f'What was kept before stays until it is deleted: `relaxlisten person delete "{entry.name}"`.')
