"""The engine's interface, its only one: everything that `tui` can do goes through here.

A name leads to the function that does it, imported when it is first asked for, so that importing this module costs
nothing; what each takes, returns and raises stands with it. All may be called from any thread. What a user can mend is
raised as :class:`~dltext.engine.results.UserError`. A new function is a row here and an import for the type checker.
"""

from typing import TYPE_CHECKING

from .lazy import attributes

if TYPE_CHECKING:
    from ..data.paths import expand as expand
    from ..data.paths import home as home
    from ..data.paths import locked as locked
    from ..data.urls import exists as url_exists
    from ..data.urls import is_url as is_url
    from ..data.urls import place_of as place_of
    from ..data.urls import upload as upload
    from .bundle_zip import names_in as names_in_zip
    from .comparing import check_comparison as check_comparison
    from .comparing import comparison as comparison
    from .comparing import continue_comparison as continue_comparison
    from .corpora import attributes_of as attributes_of
    from .corpora import browse as browse_data
    from .corpora import check as check_data
    from .corpora import columns_of as columns_of
    from .corpora import fetch as fetch_data
    from .corpora import import_data as import_data
    from .corpora import info as dataset
    from .corpora import listing as datasets
    from .corpora import remove as remove_data
    from .corpora import stream as read_data
    from .corpus.answers import column_models as column_models
    from .corpus.collocations import collocations as collocations
    from .corpus.columns import corpus_columns as corpus_columns
    from .corpus.columns import crosstab as crosstab
    from .corpus.concordance import concordance as concordance
    from .corpus.counting import frequencies as word_frequencies
    from .corpus.dispersion import dispersion as dispersion
    from .corpus.documents import corpus_document as corpus_document
    from .corpus.documents import corpus_documents as corpus_documents
    from .corpus.exporting import export_documents as export_documents
    from .corpus.filling import fill_columns as fill_columns
    from .corpus.keyness import keyness as keyness
    from .corpus.network import word_network as word_network
    from .corpus.network import write_network as write_network
    from .corpus.opening import remove_index as remove_index
    from .corpus.readability import text_styles as text_styles
    from .corpus.selecting import corpus_info as corpus_info
    from .corpus.shares import shares as label_shares
    from .corpus.timeline import corpus_course as corpus_course
    from .device import describe as device
    from .doctor import checks as doctor
    from .documents import listing as samples
    from .documents import read as read_document
    from .documents import read_in_pieces as read_in_pieces
    from .documents import read_piped as read_piped
    from .documents import read_records as read_records
    from .documents import write as write_document
    from .drafts import forget as forget_draft
    from .drafts import listing as drafts
    from .drafts import save as save_draft
    from .drafts import take as take_draft
    from .jobs.runner import cancel as cancel
    from .jobs.runner import delete as delete_job
    from .jobs.runner import keep_baseline as keep_baseline
    from .jobs.runner import keep_best as keep_best
    from .jobs.runner import preflight as preflight
    from .jobs.runner import resume as resume
    from .jobs.runner import submit as submit
    from .jobs.store import events as events
    from .jobs.store import get as job
    from .jobs.store import listing as jobs
    from .jobs.store import log as job_log
    from .jobs.store import report as report
    from .model_choices import set_default as set_default
    from .model_choices import set_threshold as set_threshold
    from .model_exchange import export_bundle as export_model
    from .model_import import fetch_model as fetch_model
    from .model_import import holds_encoder as holds_encoder
    from .model_import import import_encoder as import_encoder
    from .model_import import import_model as import_model
    from .model_store import info as model
    from .model_store import listing as models
    from .model_store import remove as remove_model
    from .outlets import open_stream as open_stream
    from .outlets import outlet as outlet
    from .packing import pack_results as pack_results
    from .packing import packing as packing
    from .plugins import add as add_recipes
    from .plugins import listing as recipe_sources
    from .plugins import remove as remove_recipes
    from .preferences import load as preferences
    from .preferences import update as remember
    from .readings import decide_reading as decide_reading
    from .readings import reading_of as reading_of
    from .registry import recipes as recipes
    from .registry import task as task
    from .registry import training_problem as training_problem
    from .registry import validate as validate
    from .tasks.classify.answer import analyse as analyse
    from .tasks.classify.answer import analyse_many as analyse_many
    from .tasks.classify.answer import attention as attention
    from .tasks.classify.batch import classify_batch as classify_batch
    from .tasks.classify.course import course as course
    from .tasks.encoder.answer import embed as embed
    from .tasks.encoder.answer import similarity as encoder_similarity
    from .tasks.encoder.answer import write_vectors as write_vectors
    from .tasks.fill.answer import fill as fill
    from .tasks.fill.answer import fill_many as fill_many
    from .tasks.language.generate import generate as generate
    from .tasks.language.generate import next_units as next_units
    from .tasks.language.many import surprise_many as surprise_many
    from .tasks.language.surprise import compare_surprise as compare_surprise
    from .tasks.language.surprise import compare_surprise_many as compare_surprise_many
    from .tasks.language.surprise import surprise as surprise
    from .tasks.language.surprise import surprise_of_pieces as surprise_of_pieces
    from .tasks.measuring import evaluate as evaluate
    from .tasks.profile.answer import profile as profile
    from .tasks.profile.answer import profile_many as profile_many
    from .tasks.profile.group import profile_group as profile_group
    from .tasks.search.answer import build_index as build_index
    from .tasks.search.answer import methods as search_methods
    from .tasks.search.answer import search as search
    from .tasks.search.duplicates import near_duplicates as near_duplicates
    from .tasks.title.answer import titles as titles
    from .tasks.title.answer import titles_many as titles_many
    from .tasks.translate.answer import compose as compose
    from .tasks.translate.answer import translate as translate
    from .tasks.translate.answer import translate_many as translate_many
    from .tasks.translate.directions import detect as detect
    from .tasks.translate.directions import directions as directions
    from .tasks.translate.files import export as export_translation
    from .tasks.warming import warm_up as warm_up
    from .tasks.words.answer import analogy as analogy
    from .tasks.words.answer import neighbours as neighbours
    from .tasks.words.answer import odd_one_out as odd_one_out
    from .tasks.words.answer import similarity_matrix as similarity_matrix
    from .tasks.words.answer import suggest as suggest_words
    from .tasks.words.answer import text_similarity as text_similarity
    from .tasks.words.answer import warm_up as warm_up_words
    from .tasks.words.files import export_vectors as export_vectors
    from .tasks.words.files import import_vectors as import_vectors
    from .tasks.words.map import word_map as word_map
    from .tuning import plan_tuning as plan_tuning
    from .tuning import tune as tune
    from .workers.address import cluster_address as cluster_address
    from .workers.parts import answer_in_parts as answer_in_parts
    from .workers.parts import has_parts as has_parts
    from .workers.parts import remove_parts as remove_parts
    from .workers.spreading import answer_many as answer_many

_TABLE = {
    "add_recipes": "engine.plugins:add",
    "analogy": "engine.tasks.words.answer:analogy",
    "analyse": "engine.tasks.classify.answer:analyse",
    "analyse_many": "engine.tasks.classify.answer:analyse_many",
    "answer_in_parts": "engine.workers.parts:answer_in_parts",
    "answer_many": "engine.workers.spreading:answer_many",
    "attention": "engine.tasks.classify.answer:attention",
    "attributes_of": "engine.corpora:attributes_of",
    "browse_data": "engine.corpora:browse",
    "build_index": "engine.tasks.search.answer:build_index",
    "cancel": "engine.jobs.runner:cancel",
    "check_comparison": "engine.comparing:check_comparison",
    "check_data": "engine.corpora:check",
    "classify_batch": "engine.tasks.classify.batch:classify_batch",
    "cluster_address": "engine.workers.address:cluster_address",
    "collocations": "engine.corpus.collocations:collocations",
    "column_models": "engine.corpus.answers:column_models",
    "columns_of": "engine.corpora:columns_of",
    "compare_surprise": "engine.tasks.language.surprise:compare_surprise",
    "compare_surprise_many": "engine.tasks.language.surprise:compare_surprise_many",
    "comparison": "engine.comparing:comparison",
    "compose": "engine.tasks.translate.answer:compose",
    "concordance": "engine.corpus.concordance:concordance",
    "continue_comparison": "engine.comparing:continue_comparison",
    "corpus_columns": "engine.corpus.columns:corpus_columns",
    "corpus_course": "engine.corpus.timeline:corpus_course",
    "corpus_document": "engine.corpus.documents:corpus_document",
    "corpus_documents": "engine.corpus.documents:corpus_documents",
    "corpus_info": "engine.corpus.selecting:corpus_info",
    "course": "engine.tasks.classify.course:course",
    "crosstab": "engine.corpus.columns:crosstab",
    "dataset": "engine.corpora:info",
    "datasets": "engine.corpora:listing",
    "decide_reading": "engine.readings:decide_reading",
    "delete_job": "engine.jobs.runner:delete",
    "detect": "engine.tasks.translate.directions:detect",
    "device": "engine.device:describe",
    "directions": "engine.tasks.translate.directions:directions",
    "dispersion": "engine.corpus.dispersion:dispersion",
    "doctor": "engine.doctor:checks",
    "drafts": "engine.drafts:listing",
    "embed": "engine.tasks.encoder.answer:embed",
    "encoder_similarity": "engine.tasks.encoder.answer:similarity",
    "evaluate": "engine.tasks.measuring:evaluate",
    "events": "engine.jobs.store:events",
    "expand": "data.paths:expand",
    "export_documents": "engine.corpus.exporting:export_documents",
    "export_model": "engine.model_exchange:export_bundle",
    "export_translation": "engine.tasks.translate.files:export",
    "export_vectors": "engine.tasks.words.files:export_vectors",
    "fetch_data": "engine.corpora:fetch",
    "fetch_model": "engine.model_import:fetch_model",
    "fill": "engine.tasks.fill.answer:fill",
    "fill_columns": "engine.corpus.filling:fill_columns",
    "fill_many": "engine.tasks.fill.answer:fill_many",
    "forget_draft": "engine.drafts:forget",
    "generate": "engine.tasks.language.generate:generate",
    "has_parts": "engine.workers.parts:has_parts",
    "holds_encoder": "engine.model_import:holds_encoder",
    "home": "data.paths:home",
    "import_data": "engine.corpora:import_data",
    "import_encoder": "engine.model_import:import_encoder",
    "import_model": "engine.model_import:import_model",
    "import_vectors": "engine.tasks.words.files:import_vectors",
    "is_url": "data.urls:is_url",
    "job": "engine.jobs.store:get",
    "job_log": "engine.jobs.store:log",
    "jobs": "engine.jobs.store:listing",
    "keep_baseline": "engine.jobs.runner:keep_baseline",
    "keep_best": "engine.jobs.runner:keep_best",
    "keyness": "engine.corpus.keyness:keyness",
    "label_shares": "engine.corpus.shares:shares",
    "locked": "data.paths:locked",
    "model": "engine.model_store:info",
    "models": "engine.model_store:listing",
    "names_in_zip": "engine.bundle_zip:names_in",
    "near_duplicates": "engine.tasks.search.duplicates:near_duplicates",
    "neighbours": "engine.tasks.words.answer:neighbours",
    "next_units": "engine.tasks.language.generate:next_units",
    "odd_one_out": "engine.tasks.words.answer:odd_one_out",
    "open_stream": "engine.outlets:open_stream",
    "outlet": "engine.outlets:outlet",
    "pack_results": "engine.packing:pack_results",
    "packing": "engine.packing:packing",
    "place_of": "data.urls:place_of",
    "plan_tuning": "engine.tuning:plan_tuning",
    "preferences": "engine.preferences:load",
    "preflight": "engine.jobs.runner:preflight",
    "profile": "engine.tasks.profile.answer:profile",
    "profile_group": "engine.tasks.profile.group:profile_group",
    "profile_many": "engine.tasks.profile.answer:profile_many",
    "read_data": "engine.corpora:stream",
    "read_document": "engine.documents:read",
    "read_in_pieces": "engine.documents:read_in_pieces",
    "read_piped": "engine.documents:read_piped",
    "read_records": "engine.documents:read_records",
    "reading_of": "engine.readings:reading_of",
    "recipe_sources": "engine.plugins:listing",
    "recipes": "engine.registry:recipes",
    "remember": "engine.preferences:update",
    "remove_data": "engine.corpora:remove",
    "remove_index": "engine.corpus.opening:remove_index",
    "remove_model": "engine.model_store:remove",
    "remove_parts": "engine.workers.parts:remove_parts",
    "remove_recipes": "engine.plugins:remove",
    "report": "engine.jobs.store:report",
    "resume": "engine.jobs.runner:resume",
    "samples": "engine.documents:listing",
    "save_draft": "engine.drafts:save",
    "search": "engine.tasks.search.answer:search",
    "search_methods": "engine.tasks.search.answer:methods",
    "set_default": "engine.model_choices:set_default",
    "set_threshold": "engine.model_choices:set_threshold",
    "similarity_matrix": "engine.tasks.words.answer:similarity_matrix",
    "submit": "engine.jobs.runner:submit",
    "suggest_words": "engine.tasks.words.answer:suggest",
    "surprise": "engine.tasks.language.surprise:surprise",
    "surprise_many": "engine.tasks.language.many:surprise_many",
    "surprise_of_pieces": "engine.tasks.language.surprise:surprise_of_pieces",
    "take_draft": "engine.drafts:take",
    "task": "engine.registry:task",
    "text_similarity": "engine.tasks.words.answer:text_similarity",
    "text_styles": "engine.corpus.readability:text_styles",
    "titles": "engine.tasks.title.answer:titles",
    "titles_many": "engine.tasks.title.answer:titles_many",
    "training_problem": "engine.registry:training_problem",
    "translate": "engine.tasks.translate.answer:translate",
    "translate_many": "engine.tasks.translate.answer:translate_many",
    "tune": "engine.tuning:tune",
    "upload": "data.urls:upload",
    "url_exists": "data.urls:exists",
    "validate": "engine.registry:validate",
    "warm_up": "engine.tasks.warming:warm_up",
    "warm_up_words": "engine.tasks.words.answer:warm_up",
    "word_frequencies": "engine.corpus.counting:frequencies",
    "word_map": "engine.tasks.words.map:word_map",
    "word_network": "engine.corpus.network:word_network",
    "write_document": "engine.documents:write",
    "write_network": "engine.corpus.network:write_network",
    "write_vectors": "engine.tasks.encoder.answer:write_vectors",
}
"""Where each name is: ``module:attribute`` below the package."""

__all__ = [
    "add_recipes", "analogy", "analyse", "analyse_many", "answer_in_parts", "answer_many", "attention",
    "attributes_of", "browse_data", "build_index", "cancel", "check_comparison", "check_data", "classify_batch",
    "cluster_address", "collocations", "column_models", "columns_of", "compare_surprise",
    "compare_surprise_many", "comparison", "compose", "concordance", "continue_comparison", "corpus_columns",
    "corpus_course", "corpus_document", "corpus_documents", "corpus_info", "course", "crosstab", "dataset",
    "datasets", "decide_reading", "delete_job", "detect", "device", "directions", "dispersion", "doctor",
    "drafts", "embed", "encoder_similarity", "evaluate", "events", "expand", "export_documents", "export_model",
    "export_translation", "export_vectors", "fetch_data", "fetch_model", "fill", "fill_columns", "fill_many",
    "forget_draft", "generate", "has_parts", "holds_encoder", "home", "import_data", "import_encoder",
    "import_model", "import_vectors", "is_url", "job", "job_log", "jobs", "keep_baseline", "keep_best",
    "keyness", "label_shares", "locked", "model", "models", "names_in_zip", "near_duplicates", "neighbours",
    "next_units", "odd_one_out", "open_stream", "outlet", "pack_results", "packing", "place_of", "plan_tuning",
    "preferences", "preflight", "profile", "profile_group", "profile_many", "read_data", "read_document",
    "read_in_pieces", "read_piped", "read_records", "reading_of", "recipe_sources", "recipes", "remember",
    "remove_data", "remove_index", "remove_model", "remove_parts", "remove_recipes", "report", "resume",
    "samples", "save_draft", "search", "search_methods", "set_default", "set_threshold", "similarity_matrix",
    "submit", "suggest_words", "surprise", "surprise_many", "surprise_of_pieces", "take_draft", "task",
    "text_similarity", "text_styles", "titles", "titles_many", "training_problem", "translate",
    "translate_many", "tune", "upload", "url_exists", "validate", "warm_up", "warm_up_words",
    "word_frequencies", "word_map", "word_network", "write_document", "write_network", "write_vectors",
]  # fmt: skip

__getattr__, __dir__ = attributes(globals(), _TABLE)
