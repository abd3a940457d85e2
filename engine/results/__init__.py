"""Results: the frozen dataclasses that pass between the engine and its users.

A class is imported when it is first asked for: a command that answers one text needs none of the others.
"""

from typing import TYPE_CHECKING

from ...data.errors import UserError as UserError  # screens catch it without reaching past the engine
from ...data.wording import JOINT as JOINT
from ...data.wording import percent as percent  # numbers and their nouns look alike everywhere
from ...data.wording import plural as plural
from ..lazy import attributes
from .visible import escape_json, in_one_line, visible

if TYPE_CHECKING:
    from .analysis import ConfidenceBin as ConfidenceBin
    from .analysis import Coverage as Coverage
    from .analysis import ErrorAnalysis as ErrorAnalysis
    from .analysis import LengthBin as LengthBin
    from .analysis import RightShare as RightShare
    from .bundles import AttributeInfo as AttributeInfo
    from .bundles import BundleInfo as BundleInfo
    from .bundles import Check as Check
    from .bundles import DataCheck as DataCheck
    from .bundles import DatasetInfo as DatasetInfo
    from .comparing import ComparedRow as ComparedRow
    from .comparing import Comparison as Comparison
    from .comparing import ComparisonSpec as ComparisonSpec
    from .comparing import Difference as Difference
    from .comparing import RecipeChoice as RecipeChoice
    from .counting import Collocate as Collocate
    from .counting import ColumnSummary as ColumnSummary
    from .counting import CorpusInfo as CorpusInfo
    from .counting import CrossTable as CrossTable
    from .counting import DocumentLine as DocumentLine
    from .counting import DocumentPage as DocumentPage
    from .counting import KeyWord as KeyWord
    from .counting import KwicLine as KwicLine
    from .counting import KwicPage as KwicPage
    from .counting import LabelShare as LabelShare
    from .counting import LabelShares as LabelShares
    from .counting import Selection as Selection
    from .counting import WordCount as WordCount
    from .counting import WordDispersion as WordDispersion
    from .drafting import Draft as Draft
    from .filling import Blank as Blank
    from .filling import Filled as Filled
    from .filling import Filling as Filling
    from .language import ComparedSurprise as ComparedSurprise
    from .language import Continuation as Continuation
    from .language import Generated as Generated
    from .language import NextUnit as NextUnit
    from .language import SentenceSurprise as SentenceSurprise
    from .language import Surprisal as Surprisal
    from .language import Surprise as Surprise
    from .language import WordDifference as WordDifference
    from .networks import GroupStyle as GroupStyle
    from .networks import NetworkEdge as NetworkEdge
    from .networks import NetworkNode as NetworkNode
    from .networks import WordNetwork as WordNetwork
    from .outlets import Outlet as Outlet
    from .periods import CorpusCourse as CorpusCourse
    from .periods import PeriodShare as PeriodShare
    from .profiling import GroupAttribute as GroupAttribute
    from .profiling import GroupProfile as GroupProfile
    from .profiling import Guess as Guess
    from .profiling import Phrase as Phrase
    from .profiling import Profile as Profile
    from .profiling import Share as Share
    from .progress import Progress as Progress
    from .reading import Course as Course
    from .reading import CoursePart as CoursePart
    from .reading import HeadAttention as HeadAttention
    from .reading import Record as Record
    from .reading import Result as Result
    from .reading import Span as Span
    from .readings import BETWEEN_LABELS as BETWEEN_LABELS
    from .readings import READING_KEYS as READING_KEYS
    from .readings import SEPARATORS as SEPARATORS
    from .readings import UNITS as UNITS
    from .readings import Reading as Reading
    from .readings import parse_reading as parse_reading
    from .searching import Duplicates as Duplicates
    from .searching import Found as Found
    from .searching import Hit as Hit
    from .searching import IndexInfo as IndexInfo
    from .searching import SearchMethod as SearchMethod
    from .spreading import ClusterError as ClusterError
    from .spreading import PartsCall as PartsCall
    from .spreading import Rendering as Rendering
    from .spreading import SetAside as SetAside
    from .spreading import StreamCall as StreamCall
    from .spreading import UnsharedError as UnsharedError
    from .spreading import WrittenPart as WrittenPart
    from .tasks import DataKind as DataKind
    from .tasks import TaskInfo as TaskInfo
    from .titling import Keyphrase as Keyphrase
    from .titling import Title as Title
    from .titling import Titles as Titles
    from .training import ACTIVE as ACTIVE
    from .training import CannotGoOn as CannotGoOn
    from .training import Event as Event
    from .training import Field as Field
    from .training import Job as Job
    from .training import JobSpec as JobSpec
    from .training import JobState as JobState
    from .training import Preflight as Preflight
    from .training import RecipeInfo as RecipeInfo
    from .training import RecipeSource as RecipeSource
    from .training import Report as Report
    from .translating import Direction as Direction
    from .translating import Hypothesis as Hypothesis
    from .translating import Sentence as Sentence
    from .translating import Token as Token
    from .translating import Translation as Translation
    from .words import MapPoint as MapPoint
    from .words import Matrix as Matrix
    from .words import Missing as Missing
    from .words import Neighbour as Neighbour
    from .words import Neighbours as Neighbours
    from .words import OddOneOut as OddOneOut
    from .words import Similarity as Similarity
    from .words import WordMap as WordMap

_MODULES = {
    "analysis": ("ConfidenceBin", "Coverage", "ErrorAnalysis", "LengthBin", "RightShare"),
    "bundles": ("AttributeInfo", "BundleInfo", "Check", "DataCheck", "DatasetInfo"),
    "comparing": ("ComparedRow", "Comparison", "ComparisonSpec", "Difference", "RecipeChoice"),
    "counting": (
        "Collocate",
        "ColumnSummary",
        "CorpusInfo",
        "CrossTable",
        "DocumentLine",
        "DocumentPage",
        "KeyWord",
        "KwicLine",
        "KwicPage",
        "LabelShare",
        "LabelShares",
        "Selection",
        "WordCount",
        "WordDispersion",
    ),
    "drafting": ("Draft",),
    "filling": ("Blank", "Filled", "Filling"),
    "language": (
        "ComparedSurprise",
        "Continuation",
        "Generated",
        "NextUnit",
        "SentenceSurprise",
        "Surprisal",
        "Surprise",
        "WordDifference",
    ),
    "networks": ("GroupStyle", "NetworkEdge", "NetworkNode", "WordNetwork"),
    "outlets": ("Outlet",),
    "periods": ("CorpusCourse", "PeriodShare"),
    "profiling": ("GroupAttribute", "GroupProfile", "Guess", "Phrase", "Profile", "Share"),
    "progress": ("Progress",),
    "reading": ("Course", "CoursePart", "HeadAttention", "Record", "Result", "Span"),
    "readings": ("BETWEEN_LABELS", "READING_KEYS", "SEPARATORS", "UNITS", "Reading", "parse_reading"),
    "searching": ("Duplicates", "Found", "Hit", "IndexInfo", "SearchMethod"),
    "spreading": ("ClusterError", "PartsCall", "Rendering", "SetAside", "StreamCall", "UnsharedError", "WrittenPart"),
    "tasks": ("DataKind", "TaskInfo"),
    "titling": ("Keyphrase", "Title", "Titles"),
    "training": (
        "ACTIVE",
        "CannotGoOn",
        "Event",
        "Field",
        "Job",
        "JobSpec",
        "JobState",
        "Preflight",
        "RecipeInfo",
        "RecipeSource",
        "Report",
    ),
    "translating": ("Direction", "Hypothesis", "Sentence", "Token", "Translation"),
    "words": ("MapPoint", "Matrix", "Missing", "Neighbour", "Neighbours", "OddOneOut", "Similarity", "WordMap"),
}
"""What stands in which module below this one."""

__all__ = [
    "ACTIVE",
    "BETWEEN_LABELS",
    "JOINT",
    "READING_KEYS",
    "SEPARATORS",
    "UNITS",
    "AttributeInfo",
    "Blank",
    "BundleInfo",
    "CannotGoOn",
    "Check",
    "ClusterError",
    "Collocate",
    "ColumnSummary",
    "ComparedSurprise",
    "ConfidenceBin",
    "Continuation",
    "CorpusCourse",
    "CorpusInfo",
    "Course",
    "CoursePart",
    "Coverage",
    "CrossTable",
    "DataCheck",
    "DataKind",
    "DatasetInfo",
    "Direction",
    "DocumentLine",
    "DocumentPage",
    "Draft",
    "Duplicates",
    "ErrorAnalysis",
    "Event",
    "Field",
    "Filled",
    "Filling",
    "Found",
    "Generated",
    "GroupAttribute",
    "GroupProfile",
    "GroupStyle",
    "Guess",
    "Hit",
    "Hypothesis",
    "IndexInfo",
    "Job",
    "JobSpec",
    "JobState",
    "KeyWord",
    "Keyphrase",
    "KwicLine",
    "KwicPage",
    "LabelShare",
    "LabelShares",
    "LengthBin",
    "MapPoint",
    "Matrix",
    "Missing",
    "Neighbour",
    "Neighbours",
    "NetworkEdge",
    "NetworkNode",
    "NextUnit",
    "OddOneOut",
    "Outlet",
    "PartsCall",
    "PeriodShare",
    "Phrase",
    "Preflight",
    "Profile",
    "Progress",
    "Reading",
    "RecipeInfo",
    "RecipeSource",
    "Record",
    "Rendering",
    "Report",
    "Result",
    "RightShare",
    "SearchMethod",
    "Selection",
    "Sentence",
    "SentenceSurprise",
    "SetAside",
    "Share",
    "Similarity",
    "Span",
    "StreamCall",
    "Surprisal",
    "Surprise",
    "TaskInfo",
    "Title",
    "Titles",
    "Token",
    "Translation",
    "UnsharedError",
    "UserError",
    "WordCount",
    "WordDifference",
    "WordDispersion",
    "WordMap",
    "WordNetwork",
    "WrittenPart",
    "escape_json",
    "in_one_line",
    "parse_reading",
    "percent",
    "plural",
    "visible",
]

__getattr__, __dir__ = attributes(
    globals(), {name: f"engine.results.{module}:{name}" for module, names in _MODULES.items() for name in names}
)
