"""The commands that make playlists: build (a way down through one's own music), convert (from format to format), and ask.

Decision: files that the catalogue does not know yet are heard first, with a bar; what it knows is not opened. Standard output
holds the plan, standard error what the library could not give.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from relaxlisten.commands.music import app, hear, opened_catalogue
from relaxlisten.errors import RelaxListenError, UsageError
from relaxlisten.units import S_PER_MIN

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from relaxlisten.music.catalogue import Catalogue
    from relaxlisten.music.iso_cost import Candidate
    from relaxlisten.music.iso_reasons import Plan


@app.command(epilog="Example: relaxlisten music build --from 78 --to 56 --minutes 25 --music ~/Music/calm -o plan.jspf")
def build(
    from_bpm: Annotated[float, typer.Option("--from", min=20.0, max=200.0, help="Tempo to begin at (BPM), like the heart.")],
    to_bpm: Annotated[float, typer.Option("--to", min=20.0, max=200.0, help="Tempo to lead to (BPM).")],
    minutes: Annotated[float, typer.Option(min=1.0, max=600.0, help="How long the way is to last.")] = 25.0,
    music: Annotated[Path | None, typer.Option(help="A folder or a playlist; without it, all that the catalogue knows.")] = None,
    out: Annotated[Path | None, typer.Option("--out", "-o", help="Playlist to write: jspf, xspf, m3u8, m3u, pls, toml.")] = None,
    silence: Annotated[
        list[float] | None, typer.Option(min=0.2, max=10.0, help="Minutes of a silence between two pieces; may be given again.")
    ] = None,
    stretch: Annotated[float, typer.Option(min=0.0, max=12.0, help="How far a tempo may be changed (%).")] = 8.0,
    as_json: Annotated[bool, typer.Option("--json", help="The plan as a JSON object.")] = False,
) -> None:
    """Pick and order pieces into a way down, from one tempo to a slower one, each with its reason."""
    from relaxlisten.music import iso_playlist
    from relaxlisten.music.iso_cost import Wish

    if to_bpm > from_bpm:
        raise UsageError(f"The way leads down: --to {to_bpm:g} must not be more than --from {from_bpm:g}.")
    _check_out(out)
    silences_s = tuple(S_PER_MIN * length for length in silence or ())
    wish = Wish(
        from_bpm=from_bpm, to_bpm=to_bpm, length_s=S_PER_MIN * minutes, silences_s=silences_s, stretch_percent=stretch
    )  # fmt: skip
    plan = iso_playlist.build(_candidates(music), wish)
    if not plan.picks:
        raise UsageError(
            f"No piece of {music or 'the catalogue'} can be used: give --music a folder with pieces of half a minute or more."
        )
    if as_json:
        print(json.dumps(_facts(plan), allow_nan=False))  # noqa: T201  # a command's output
    else:
        _show(plan)
    if out is not None:
        _write(plan, out)


@app.command(epilog="Example: relaxlisten music convert evening.xspf evening.m3u8")
def convert(
    playlist: Annotated[Path, typer.Argument(help="A playlist: .m3u8, .m3u, .pls, .xspf, .jspf or .toml.")],
    out: Annotated[Path, typer.Argument(help="The playlist to write; its suffix says the format.")],
) -> None:
    """Write a playlist in another format or another place; entries on the network are left out."""
    from relaxlisten.music.playlist import load_playlist, moved, save_playlist

    read = load_playlist(playlist.expanduser())
    written = moved(read, playlist.expanduser().parent, out.expanduser().parent)
    save_playlist(out.expanduser(), written)
    left = len(read.entries) - len(written.entries)
    note = f", {left} that are not on this computer were left out" if left else ""
    typer.echo(f"{len(written.entries)} entries are in {out}{note}.", err=True)


@app.command(epilog="Example: relaxlisten music ask evening.flac --tempo 60")
def ask(
    file: Annotated[Path, typer.Argument(help="A file of music.")],
    tempo: Annotated[float, typer.Option(min=20.0, max=200.0, help="The tempo that it should be heard at (BPM).")],
    stretch: Annotated[float, typer.Option(min=0.0, max=12.0, help="How far a tempo may be changed (%).")] = 8.0,
) -> None:
    """Say how a piece would be heard at a tempo, or why it cannot be."""
    from relaxlisten.music import tempo_map
    from relaxlisten.music.described import to_track

    path = file.expanduser().absolute()
    if not path.is_file():
        raise UsageError(f"There is no {file}: name a file of music.")
    with opened_catalogue() as catalogue:
        _hear_new(catalogue, [path])
        found = catalogue.file(path)
    if found is None or found.known.analysis is None:
        raise RelaxListenError(f"{file.name} cannot be played: see above.")
    heard = found.known.analysis
    track = to_track(found.known, path.name, path.stem)
    answer = tempo_map.ask(track, tempo, stretch, [one.tempo_bpm for one in heard.tempo_candidates])
    _tell(answer.refusal or tempo_map.told(track, answer))


def _check_out(out: Path | None) -> None:
    """Before anything is heard, which may take long."""
    from relaxlisten.music.playlist import PLAYLIST_SUFFIXES

    if out is None:
        return
    if out.suffix.lower() not in PLAYLIST_SUFFIXES:
        raise UsageError(f"{out} cannot be written: name a file that ends in {', '.join(PLAYLIST_SUFFIXES)}.")
    if not out.expanduser().absolute().parent.is_dir():
        raise RelaxListenError(f"{out} cannot be written: the folder {out.parent} does not exist.")


# ---- what there is to pick from ----


def _candidates(music: Path | None) -> list[Candidate]:
    with opened_catalogue() as catalogue:
        if music is None:
            return known_pieces(catalogue, None)
        from relaxlisten.music.playlist import list_music

        files = list_music(music.expanduser())
        for problem in files.problems:
            typer.echo(f"relaxlisten: {problem}", err=True)
        paths = [path.absolute() for path in files.paths]
        _hear_new(catalogue, paths)
        return known_pieces(catalogue, set(paths))


def _hear_new(catalogue: Catalogue, paths: Iterable[Path]) -> None:
    from relaxlisten.scanning import Scan

    looked_at = catalogue.looked_at()
    new = [path for path in paths if not ((known := looked_at.get(path)) and known.is_still(path))]
    if not new:
        return
    for path, reason in hear(Scan(new, catalogue)).problems:
        typer.echo(f"relaxlisten: {path.name} {reason}; it is left out.", err=True)


def known_pieces(catalogue: Catalogue, paths: set[Path] | None) -> list[Candidate]:
    """What the catalogue has heard, as candidates: all of it, or of these files; the same sound twice is one piece."""
    from relaxlisten.music.iso_candidates import candidates
    from relaxlisten.music.summary import arousal_of

    summaries = catalogue.summaries()
    wanted = None if paths is None else {os.fspath(path) for path in paths}
    chosen = (one for one in summaries if wanted is None or one.path in wanted)
    return candidates(chosen, arousal_of(summaries), lambda path: Path(path).stem)


# ---- what is told of the plan ----


def _write(plan: Plan, out: Path) -> None:
    from relaxlisten.music.iso_playlist import plan_playlist
    from relaxlisten.music.playlist import relative_name, save_playlist

    folder = out.expanduser().absolute().parent
    save_playlist(out.expanduser(), plan_playlist(plan, lambda name: relative_name(Path(name), folder)))
    typer.echo(f"The plan is in {out}.", err=True)


def _facts(plan: Plan) -> dict[str, object]:
    from relaxlisten.music.iso_playlist import pick_facts

    names = [{"path": pick.piece.name, "title": pick.piece.title, "artist": pick.piece.artist} for pick in plan.picks]
    return {
        "from_bpm": plan.wish.from_bpm,
        "to_bpm": plan.wish.to_bpm,
        "wished_s": plan.wish.length_s,
        "length_s": round(plan.length_s, 1),
        "cost": round(plan.cost, 4),
        "gap": round(plan.gap, 4),
        "largest_stretch_percent": round(100.0 * plan.largest_stretch, 2),
        "notes": list(plan.notes),
        "picks": [{**named, **pick_facts(pick)} for named, pick in zip(names, plan.picks, strict=True)],
    }


def _tell(line: str) -> None:
    """Names of files that are in no encoding can be printed too."""
    typer.echo(line.encode("utf-8", "backslashreplace").decode())


def _show(plan: Plan) -> None:
    for line in _lines(plan):
        _tell(line)
    for note in plan.notes:
        typer.echo(f"relaxlisten: {note}".encode("utf-8", "backslashreplace").decode(), err=True)


def _lines(plan: Plan) -> Sequence[str]:
    lines = []
    for pick in plan.picks:
        if pick.silence_before_s:
            lines.append(f"{_clock(pick.begin_s - pick.silence_before_s)}  Silence, {pick.silence_before_s / S_PER_MIN:g} min.")
        name = f"{pick.piece.artist}: {pick.piece.title}" if pick.piece.artist else pick.piece.title
        lines += [f"{_clock(pick.begin_s)}  {name} ({_clock(pick.heard_s)})", f"       {pick.reason}"]
    best = "the best there is by this cost" if plan.gap == 0.0 else f"at most {plan.gap:.2f} above the best"
    needed = f"largest stretch that the path asks for {100.0 * plan.largest_stretch:.1f} %"
    return [*lines, f"{_clock(plan.length_s)}  End. Cost {plan.cost:.2f}, {best}; {needed}."]


def _clock(length_s: float) -> str:
    return f"{int(length_s) // 60:2}:{int(length_s) % 60:02}"


__all__: Sequence[str] = ["app"]
