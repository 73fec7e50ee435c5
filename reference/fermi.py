"""Fermi estimates for large language models.

Owns what follows from the figures of `fermi_givens`. A parameter named like an answer field is that field's value, so
that a student's own earlier number can take its place.
"""

from __future__ import annotations

from reference import fermi_givens as given

# q5c: the fitted laws


def compute() -> float:
    """FLOP for which the law asks for a model of GPT-6's size."""
    return float((given.GPT6_PARAMETERS / given.N_PREFACTOR) ** (1 / given.LAW_EXPONENT))


COMPUTE = compute()


def training_tokens(compute: float = COMPUTE) -> float:
    """Tokens that go with this compute."""
    return float(given.D_PREFACTOR * compute**given.LAW_EXPONENT)


# q5d: a data set in books


def words() -> float:
    """Words in the data set."""
    return given.DATASET_TOKENS / given.TOKENS_PER_WORD


WORDS = words()


def pages(words: float = WORDS) -> float:
    """Pages that these words fill."""
    return words / given.WORDS_PER_PAGE


PAGES = pages()


def books(pages: float = PAGES) -> float:
    """Books that these pages fill."""
    return pages / given.PAGES_PER_BOOK


BOOKS = books()


def library_books() -> float:
    """Books of a large library."""
    return given.LIBRARY_BOOKS


def vs_library(books: float = BOOKS, library_books: float = given.LIBRARY_BOOKS) -> float:
    """How many such libraries the data set is worth."""
    return books / library_books


# q5e: memory for parameters


def bytes_1B() -> float:
    """Bytes of a model of one billion parameters."""
    return given.BYTES_PER_PARAMETER * 1e9


def params() -> float:
    """Parameters of the model that is to be stored."""
    return given.GPT6_PARAMETERS_IN_MEMORY


def bytes_gpt6(params: float = given.GPT6_PARAMETERS_IN_MEMORY) -> float:
    """Bytes of its parameters."""
    return given.BYTES_PER_PARAMETER * params


BYTES_GPT6 = bytes_gpt6()


def gpus(bytes_gpt6: float = BYTES_GPT6) -> float:
    """GPUs whose memory holds them."""
    return bytes_gpt6 / given.H200_BYTES


# q5f: the price of keeping them


def megabytes() -> float:
    """Megabytes of GPT-6's parameters."""
    return given.BYTES_PER_PARAMETER * given.GPT6_PARAMETERS / given.BYTES_PER_MEGABYTE


MEGABYTES = megabytes()


def ssd_cost(megabytes: float = MEGABYTES) -> float:
    """Dollars for flash storage."""
    return megabytes * given.SSD_USD_PER_MEGABYTE


def dram_cost(megabytes: float = MEGABYTES) -> float:
    """Dollars for main memory."""
    return megabytes * given.DRAM_USD_PER_MEGABYTE


# q5g: latency from memory bandwidth


def gpt6_seconds() -> float:
    """Seconds to stream all of GPT-6's parameters once: the least time per token."""
    return given.BYTES_PER_PARAMETER * given.GPT6_PARAMETERS / given.H200_BYTES_PER_SECOND


GPT6_SECONDS = gpt6_seconds()


def gpt6_tokens_per_min(gpt6_seconds: float = GPT6_SECONDS) -> float:
    """Tokens per minute at that latency."""
    return given.SECONDS_PER_MINUTE / gpt6_seconds


def gpt3_bytes() -> float:
    """Bytes of GPT-3's parameters."""
    return given.BYTES_PER_PARAMETER * given.GPT3_PARAMETERS


GPT3_BYTES = gpt3_bytes()


def gpt3_seconds(gpt3_bytes: float = GPT3_BYTES) -> float:
    """Seconds to stream all of GPT-3's parameters once."""
    return gpt3_bytes / given.H200_BYTES_PER_SECOND


GPT3_SECONDS = gpt3_seconds()


def gpt3_tokens_per_min(gpt3_seconds: float = GPT3_SECONDS) -> float:
    """Tokens per minute at that latency."""
    return given.SECONDS_PER_MINUTE / gpt3_seconds


def activation_bytes_per_token() -> float:
    """Bytes of one vector per head and layer for one token."""
    return float(given.GPT3_LAYERS * given.GPT3_HEADS * given.GPT3_HEAD_SIZE * given.BYTES_PER_PARAMETER)


ACTIVATION_BYTES = activation_bytes_per_token()


def batch_tokens(activation_bytes_per_token: float = ACTIVATION_BYTES, gpt3_bytes: float = GPT3_BYTES) -> float:
    """Tokens whose activations take as much memory as GPT-3's parameters."""
    return gpt3_bytes / activation_bytes_per_token


# q5h: training compute in dollars


def pf_day() -> float:
    """FLOP in a petaFLOP-day."""
    return given.PETA * given.HOURS_PER_DAY * given.SECONDS_PER_HOUR


PF_DAY = pf_day()


def h200_hours_per_pf_day(pf_day: float = PF_DAY) -> float:
    """Hours that one H200 needs for it."""
    return pf_day / given.H200_FLOP_PER_SECOND / given.SECONDS_PER_HOUR


H200_HOURS_PER_PF_DAY = h200_hours_per_pf_day()


def usd_per_pf_day(h200_hours_per_pf_day: float = H200_HOURS_PER_PF_DAY) -> float:
    """Dollars for it."""
    return h200_hours_per_pf_day * given.H200_USD_PER_HOUR


USD_PER_PF_DAY = usd_per_pf_day()


def gpt3_usd(usd_per_pf_day: float = USD_PER_PF_DAY) -> float:
    """Dollars to train GPT-3 on rented H200s."""
    return given.GPT3_PETAFLOP_DAYS * usd_per_pf_day


def gpt6_pf_days(compute: float = COMPUTE, pf_day: float = PF_DAY) -> float:
    """PetaFLOP-days to train GPT-6."""
    return compute / pf_day


GPT6_PF_DAYS = gpt6_pf_days()


def gpt6_usd(gpt6_pf_days: float = GPT6_PF_DAYS, usd_per_pf_day: float = USD_PER_PF_DAY) -> float:
    """Dollars to train GPT-6."""
    return gpt6_pf_days * usd_per_pf_day


def gpt6_hours(gpt6_pf_days: float = GPT6_PF_DAYS, h200_hours_per_pf_day: float = H200_HOURS_PER_PF_DAY) -> float:
    """H200-hours to train GPT-6."""
    return gpt6_pf_days * h200_hours_per_pf_day


GPT6_HOURS = gpt6_hours()


def wall_hours(gpt6_hours: float = GPT6_HOURS) -> float:
    """Hours on the cluster."""
    return gpt6_hours / given.GPUS_IN_CLUSTER


def wall_days(gpt6_hours: float = GPT6_HOURS, wall_hours: float | None = None) -> float:
    """Days on the cluster, from its hours where they are known."""
    hours = gpt6_hours / given.GPUS_IN_CLUSTER if wall_hours is None else wall_hours
    return hours / given.HOURS_PER_DAY


WALL_DAYS = wall_days()


def wall_years(wall_days: float = WALL_DAYS) -> float:
    """The same in years."""
    return wall_days / given.DAYS_PER_YEAR


# q5j: inference


def flops() -> float:
    """FLOP for a million tokens."""
    return given.FLOP_PER_PARAMETER_AND_TOKEN * given.GPT5_PARAMETERS * given.BATCH_TOKENS


FLOPS = flops()


def hours(flops: float = FLOPS, utilisation: float = 1.0) -> float:
    """H200-hours for them, at this share of the peak."""
    return flops / (given.H200_FLOP_PER_SECOND * utilisation) / given.SECONDS_PER_HOUR


HOURS = hours()


def usd(hours: float = HOURS) -> float:
    """Dollars for these hours."""
    return hours * given.H200_USD_PER_HOUR


def sold_tokens() -> float:
    """Tokens to sell until the development is paid."""
    return given.DEVELOPMENT_USD / given.USD_PER_BATCH * given.BATCH_TOKENS


SOLD_TOKENS = sold_tokens()


def essays(tokens: float = SOLD_TOKENS) -> float:
    """Essays in these tokens."""
    return tokens / (given.WORDS_PER_ESSAY * given.TOKENS_PER_WORD)


# q5k: Landauer's limit


def joules_per_flop() -> float:
    """Least energy of an operation that forgets 32 bits."""
    return given.JOULES_PER_BIT * given.BITS_PER_FLOP


JOULES_PER_FLOP = joules_per_flop()


def watts(joules_per_flop: float = JOULES_PER_FLOP) -> float:
    """Least power at an H200's throughput."""
    return joules_per_flop * given.H200_FLOP_PER_SECOND


WATTS = watts()


def ratio(watts: float = WATTS) -> float:
    """How far an H200 is above it."""
    return given.H200_WATTS / watts


# q5l: carbon


def carbon_usd() -> float:
    """Dollars for the emissions of training GPT-3."""
    return float(given.GPT3_TONNES * given.USD_PER_TONNE)


CARBON_USD = carbon_usd()


def percent(carbon_usd: float = CARBON_USD) -> float:
    """The same in percent of the training cost."""
    return 100 * carbon_usd / given.GPT3_TRAINING_USD


def total_usd(carbon_usd: float = CARBON_USD) -> float:
    """Dollars for the training and its emissions."""
    return given.GPT3_TRAINING_USD + carbon_usd


def beef() -> float:
    """Kilograms of beef with the same emissions."""
    return given.GPT3_TONNES * given.KG_PER_TONNE / given.CO2_PER_BEEF


BEEF = beef()


def burgers(beef: float = BEEF) -> float:
    """Burgers that hold this much beef."""
    return beef / given.BEEF_PER_BURGER
