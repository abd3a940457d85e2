"""The exception whose message users see."""


class UserError(Exception):
    """Something that its reader can mend: one clear sentence, naming the file, the line and the remedy.

    Whoever shows it (a toast, stderr) prints the message alone; a traceback appears only under ``--debug``.
    """
