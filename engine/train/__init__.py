"""What learns. The environment is prepared before any module in here imports Keras, or what comes with it."""

from .. import environment

environment.prepare()
