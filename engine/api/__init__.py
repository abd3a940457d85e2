"""The only door: everything that `tui` can do goes through here.

Importing this module costs nothing: each function imports what it needs when first called. All functions may be
called from any thread. What a user can mend is raised as :class:`~dltext.engine.results.UserError`.
"""

from .bundles import export_model, import_model, model, models, remove_model, set_default
from .corpora import browse_data, check_data, dataset, datasets, fetch_data, import_data, remove_data
from .profiling import profile, profile_group, profile_many
from .progress import Progress
from .reading import analyse, analyse_many, read_records, warm_up
from .rest import doctor, home, preferences, read_document, remember, samples, write_document
from .searching import build_index, near_duplicates, search, search_methods
from .training import (
    cancel,
    delete_job,
    device,
    evaluate,
    events,
    job,
    job_log,
    jobs,
    preflight,
    recipes,
    report,
    resume,
    submit,
    training_problem,
    validate,
)
from .words import (
    analogy,
    export_vectors,
    import_vectors,
    neighbours,
    odd_one_out,
    similarity_matrix,
    suggest_words,
    text_similarity,
    warm_up_words,
    word_map,
    word_similarity,
)

__all__ = [
    "Progress",
    "analogy",
    "analyse",
    "analyse_many",
    "browse_data",
    "build_index",
    "cancel",
    "check_data",
    "dataset",
    "datasets",
    "delete_job",
    "device",
    "doctor",
    "evaluate",
    "events",
    "export_model",
    "export_vectors",
    "fetch_data",
    "home",
    "import_data",
    "import_model",
    "import_vectors",
    "job",
    "job_log",
    "jobs",
    "model",
    "models",
    "near_duplicates",
    "neighbours",
    "odd_one_out",
    "preferences",
    "preflight",
    "profile",
    "profile_group",
    "profile_many",
    "read_document",
    "read_records",
    "recipes",
    "remember",
    "remove_data",
    "remove_model",
    "report",
    "resume",
    "samples",
    "search",
    "search_methods",
    "set_default",
    "similarity_matrix",
    "submit",
    "suggest_words",
    "text_similarity",
    "training_problem",
    "validate",
    "warm_up",
    "warm_up_words",
    "word_map",
    "word_similarity",
    "write_document",
]
