"""What crosses the door between the engine and the people who look at it: frozen dataclasses, nothing that runs."""

from ...data.errors import UserError  # re-exported: screens catch it without reaching past the engine
from .bundles import AttributeInfo, BundleInfo, Check, DataCheck, DatasetInfo
from .drafting import Draft
from .outlets import Outlet
from .profiling import GroupAttribute, GroupProfile, Guess, Phrase, Profile, Share
from .progress import Progress
from .reading import Record, Result, Span
from .searching import Duplicates, Found, Hit, IndexInfo, SearchMethod
from .tasks import DataKind, TaskInfo
from .titling import Keyphrase, Title, Titles
from .training import (
    ACTIVE,
    CannotGoOn,
    Event,
    Field,
    Job,
    JobSpec,
    JobState,
    Preflight,
    RecipeInfo,
    RecipeSource,
    Report,
)
from .translating import Direction, Hypothesis, Sentence, Token, Translation
from .visible import escape_json, in_one_line, visible
from .words import MapPoint, Matrix, Missing, Neighbour, Neighbours, OddOneOut, Similarity, WordMap

__all__ = [
    "ACTIVE",
    "AttributeInfo",
    "BundleInfo",
    "CannotGoOn",
    "Check",
    "DataCheck",
    "DataKind",
    "DatasetInfo",
    "Direction",
    "Draft",
    "Duplicates",
    "Event",
    "Field",
    "Found",
    "GroupAttribute",
    "GroupProfile",
    "Guess",
    "Hit",
    "Hypothesis",
    "IndexInfo",
    "Job",
    "JobSpec",
    "JobState",
    "Keyphrase",
    "MapPoint",
    "Matrix",
    "Missing",
    "Neighbour",
    "Neighbours",
    "OddOneOut",
    "Outlet",
    "Phrase",
    "Preflight",
    "Profile",
    "Progress",
    "RecipeInfo",
    "RecipeSource",
    "Record",
    "Report",
    "Result",
    "SearchMethod",
    "Sentence",
    "Share",
    "Similarity",
    "Span",
    "TaskInfo",
    "Title",
    "Titles",
    "Token",
    "Translation",
    "UserError",
    "WordMap",
    "escape_json",
    "in_one_line",
    "visible",
]
