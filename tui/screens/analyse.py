"""Analyse: what a text says."""

from .base import Workbench


class AnalyseScreen(Workbench):
    PLACE = "analyse"
