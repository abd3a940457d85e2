"""Training. The environment is prepared before any module in here imports Keras, or what comes with it."""

# TensorFlow brings an SQLite of its own, without full-text search, and makes it everybody's who comes later.
import sqlite3  # noqa: F401

from .. import environment

environment.prepare()
