"""What only seems to be dead code: vulture reads this file for the names (see pyproject.toml), nobody runs it."""

# Named by the tables of tasks, recipes and places.
_.exert
ClassifierPipeline
EncoderPipeline
EncoderTraining
_.ir_version
GensimPipeline
KerasPipeline
ParagraphPipeline
ProfilePipeline
TitlePipeline
TranslatorPipeline
MaskedPipeline
TransformerClassifier
CBOWKeras
RecurrentClassifier
EmbeddingMLP
HierarchicalAttention
NgramPipeline
SkipThoughtPipeline
BengioPipeline
TransformerLMPipeline
LanguagePipeline
CharacterLM
BengioLM
TransformerLM
SentencePipeline
Seq2SeqChar
Seq2SeqWord
SkipGramKeras
TextCNN
Transformer
build_cbow
build_skipgram
AnalyseScreen
AuthorBeside
FillBeside
SurpriseBeside
TitleBeside
TranslationBeside
AuthorsScreen
ComparisonScreen
CorporaScreen
ModelsScreen
RunsScreen
SearchScreen
TitlesScreen
GenerateScreen
TrainScreen
TranslateScreen
WordsScreen

# Found by their first letters (engine/jobs/folding.py).
_._add_end
_._add_epoch
_._add_fold
_._add_load
_._add_message
_._add_start
_._add_state
_._add_tick
_._add_trial

# Proofs for the type checker, and the arguments of what it only looks at.
_as_shell
callback
delay
exclusive

# The standard library: files, XML, SQLite, sockets.
_.CharacterDataHandler
_.EndElementHandler
_.EntityDeclHandler
_.HAS_IPV6
_.StartElementHandler
_.__annotations__
_.__call__
_.buffer_text
_.readable
_.readinto
_.row_factory
_.tempdir
_.writable
option_string

# onnxruntime, tokenizers, jieba, rouge-score, gensim, Keras.
_.corpus_count
_.corpus_total_words
_.enable_cpu_mem_arena
_.inter_op_num_threads
_.intra_op_num_threads
_.log_severity_level
_.min_alpha
_.model_type
_.raw_vocab
_.sorted_vocab
_.supports_masking
_.tmp_dir
_.tokenize

# Textual and Rich.
AUTO_FOCUS
_.BUTTON_INNER
_._parse_cache
_._skip
_.collapsed
_.cursor_position
_.disabled
_.dock
_.discover
_.filter_paths
_.get_content_height
_.get_suggestion
_.key_down
_.no_wrap
_.overflow
_.process_label
_.reparse
_.startup
_.stylesheet
_.suggester
_.validate_cursor
container
viewport

# What Python itself calls (PEP 562).
__getattr__
__dir__

# Called by the readers of pages and streams (data/formats/page.py, data/inputs.py).
_.handle_data
_.handle_endtag
_.handle_startendtag
_.handle_starttag
_.seekable
attrs

# Printed by `dltext corpus`: all fields of a result.
_.adjusted_high
_.adjusted_low
_.dp_norm
_.mi
_.per_million
_.reference_count

# Keras asks it which devices share a step.
_._distribute_strategy

# Textual asks a screen to do it when the focus moves.
_._update_focus_styles
