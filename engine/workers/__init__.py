"""Many texts answered by several processes, of this machine or of a cluster: in order, in constant memory, none lost.

:mod:`.spreading` is the only way in; what a worker does is in :mod:`.process`.
"""
