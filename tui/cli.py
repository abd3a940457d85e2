"""`dltext`: the same engine without a screen, for scripts, for screen readers and for measuring.

Results go to stdout, progress and logs to stderr; exit codes: 0 fine, 1 failed, 2 misuse. Nothing heavy is imported
before a command needs it: an answer is on the screen in a fraction of a second.
"""

import argparse
import sys
from collections.abc import Sequence
from importlib import import_module

from .. import __version__
from ..engine.results import UserError
from .commands import streams
from .commands.interrupts import outside_imports
from .commands.output import Misuse, Parser, log, visible

EPILOG = """\
examples:
  dltext sentiment "A slow film that finds its voice."
  cat review.txt | dltext sentiment --explain
  dltext sentiment --in reviews.csv --json > predictions.jsonl
  cat posts.txt | dltext profile --explain
  dltext translate "Where is the station?" --to zh
  dltext title < abstract.txt
  dltext generate "Once upon a time" --length 50
  dltext perplexity --explain < letter.txt
  dltext similar coffee
  dltext search "a quiet hotel" --data reviews.csv
  dltext corpus keyness --data reviews.csv --by label --group neg
  dltext train text-cnn --data mr --set epochs=5 --follow
  dltext compare --data mr --recipes text-cnn,lstm
  dltext tune text-cnn --data mr --try dropout=0.3,0.5 --try learning_rate=0.001,0.0003
  dltext jobs follow
  dltext models list

Each command has its own help: dltext train --help.
The screen with all of this: dltext-tui.
"""


COMMANDS = {
    "reading": ("sentiment", "classify"),
    "profiling": ("profile",),
    "translating": ("translate",),
    "titling": ("title",),
    "words": ("similar", "analogy", "odd-one-out", "similarity"),
    "embedding": ("embed",),
    "filling": ("fill",),
    "generating": ("generate",),
    "surprising": ("perplexity",),
    "searching": ("search",),
    "corpus": ("corpus",),
    "training": ("train", "cross-validate", "evaluate", "recipes"),
    "comparing": ("compare",),
    "tuning": ("tune",),
    "jobs": ("jobs",),
    "models": ("models",),
    "datasets": ("data", "doctor"),
}
"""The modules of ``commands``, in the order of ``--help``, and what each adds."""


def parser(command: str = "") -> argparse.ArgumentParser:
    """The whole command line; of it only ``command`` where it is one, so that no other has to be imported."""
    root = Parser(
        prog="dltext",
        description="Text mining with deep learning: analyse texts with trained models, explore words, search, "
        "train and measure models of your own.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    root.add_argument("--version", action="version", version=f"dltext {__version__}")
    root.add_argument("--debug", action="store_true", default=False, help="show a traceback when something fails")
    commands = root.add_subparsers(title="commands", dest="command", metavar="COMMAND", required=True)
    modules = [module for module, names in COMMANDS.items() if command in names] or COMMANDS
    for module in modules:
        import_module(f".commands.{module}", __package__).add_to(commands)
    return root


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    arguments = sys.argv[1:] if argv is None else list(argv)
    with streams.shown():
        return _main(arguments)


def _main(arguments: list[str]) -> int:
    debug = "--debug" in arguments
    try:
        with outside_imports():
            return _run(arguments)
    except SystemExit as stop:  # argparse: 0 after --help, 2 after misuse
        return stop.code if isinstance(stop.code, int) else 2
    except BrokenPipeError:
        # Whoever read our output has seen enough (`| head`); Python must not complain again at its end.
        streams.silence()
        return 141
    except KeyboardInterrupt:
        if debug:
            streams.show_tracebacks()
            raise
        log("dltext: stopped")
        return 130
    except Exception as error:
        if debug:
            streams.show_tracebacks()
            raise
        log(f"dltext: {_sentence(error)}")
        return 2 if isinstance(error, Misuse) else 1


def _run(arguments: list[str]) -> int:
    command = next((argument for argument in arguments if not argument.startswith("-")), "")
    options = parser(command).parse_args(arguments)
    if getattr(options, "read", None):
        from .commands import inputs

        inputs.decide(options)
        try:
            code = options.run(options)
        finally:
            inputs.take_back(options)
    else:
        code = options.run(options)
    sys.stdout.flush()
    return code or 0


def _sentence(error: Exception) -> str:
    """What went wrong, for people."""
    if isinstance(error, UserError):
        from .commands import inputs

        return inputs.with_options(str(error))
    if isinstance(error, MemoryError):
        return "There is not enough memory for this: close other programs, or give less text at once."
    if isinstance(error, RecursionError):
        return "The input is nested too deeply to be read."
    if isinstance(error, OSError) and error.strerror:
        return f"{visible(error.filename)}: {error.strerror}." if error.filename else f"{error.strerror}."
    return f"something went wrong inside ({type(error).__name__}: {error}); --debug shows where."


if __name__ == "__main__":
    sys.exit(main())
