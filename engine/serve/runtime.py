"""The only importer of onnxruntime (a test checks that), so that its telemetry is always off."""

from types import ModuleType

from .. import environment


def onnxruntime() -> ModuleType:
    """The module, imported when it is first asked for. ``ORT_DISABLE_TELEMETRY=1`` is set before, whatever the user has
    set: it has to be there when the library is loaded, later it is not looked at again."""
    environment.prepare()
    import onnxruntime

    return onnxruntime
