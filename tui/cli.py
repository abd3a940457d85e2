"""`dltext`: the same engine without a screen, for scripts, for screen readers and for measuring.

Results go to stdout, progress and logs to stderr; exit codes: 0 fine, 1 failed, 2 misuse. Nothing heavy is imported
before a command needs it: an answer is on the screen in a fraction of a second.
"""

import argparse
import os
import sys
from collections.abc import Sequence

from .. import __version__
from ..engine.results import UserError
from .commands import (
    datasets,
    inputs,
    jobs,
    models,
    profiling,
    reading,
    searching,
    titling,
    training,
    translating,
    words,
)
from .commands.output import Misuse

EPILOG = """\
examples:
  dltext sentiment "A slow film that finds its voice."
  cat review.txt | dltext sentiment --explain
  dltext sentiment --in reviews.csv --json > verdicts.jsonl
  cat posts.txt | dltext profile --explain
  dltext translate "Where is the station?" --to zh
  dltext title < abstract.txt
  dltext similar coffee
  dltext search "a quiet hotel" --data reviews.csv
  dltext train text-cnn --data mr --set epochs=5 --follow
  dltext jobs follow
  dltext models list

Each command has its own help: dltext train --help.
The screen with all of this: dltext-tui.
"""


def parser() -> argparse.ArgumentParser:
    """The whole command line."""
    root = argparse.ArgumentParser(
        prog="dltext",
        description="Text mining with deep learning: read texts with trained models, explore words, search, "
        "train and measure models of your own.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    root.add_argument("--version", action="version", version=f"dltext {__version__}")
    root.add_argument("--debug", action="store_true", default=False, help="show a traceback when something fails")
    commands = root.add_subparsers(title="commands", dest="command", metavar="COMMAND", required=True)
    for module in (reading, profiling, translating, titling, words, searching, training, jobs, models, datasets):
        module.add_to(commands)
    return root


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            # Texts hold anything; a terminal that cannot show it is no reason to stop.
            stream.reconfigure(line_buffering=True, errors="backslashreplace")  # type: ignore[union-attr]
    arguments = sys.argv[1:] if argv is None else list(argv)
    debug = "--debug" in arguments
    try:
        options = parser().parse_args(arguments)
        code = options.run(options)
        sys.stdout.flush()
        return code or 0
    except SystemExit as stop:  # argparse: 0 after --help, 2 after misuse
        return stop.code if isinstance(stop.code, int) else 2
    except BrokenPipeError:
        # Whoever read our output has seen enough (`| head`); Python must not complain again at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141
    except KeyboardInterrupt:
        if debug:
            raise
        print("dltext: stopped", file=sys.stderr)
        return 130
    except Exception as error:
        if debug:
            raise
        if isinstance(error, UserError):
            print(f"dltext: {inputs.with_options(str(error))}", file=sys.stderr)
            return 2 if isinstance(error, Misuse) else 1
        if isinstance(error, OSError) and error.filename:
            print(f"dltext: {error.filename}: {error.strerror}", file=sys.stderr)
            return 1
        print(
            f"dltext: something went wrong inside ({type(error).__name__}: {error}); --debug shows where.",
            file=sys.stderr,
        )
        return 1


if __name__ == "__main__":
    sys.exit(main())
