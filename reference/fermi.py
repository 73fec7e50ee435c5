"""Fermi estimates for large language models.

Every constant is given in the sheet; its source stands beside it. A parameter named like an answer field is that
field's value, so that a student's own earlier number can take its place.
"""

from __future__ import annotations

SECONDS_PER_MINUTE = 60
SECONDS_PER_HOUR = 3600
HOURS_PER_DAY = 24
PETA = 1e15
BYTES_PER_MEGABYTE = 1e6

BYTES_PER_PARAMETER = 2
"""16-bit floating point."""
GPT3_PARAMETERS = 175e9
"""Brown et al. 2020, table 2.1; so are the layers, heads and head size."""
GPT3_LAYERS, GPT3_HEADS, GPT3_HEAD_SIZE = 96, 96, 128
GPT3_PETAFLOP_DAYS = 3640
"""Brown et al. 2020, table D.1."""
GPT6_PARAMETERS = 1e14
"""The sheet's hypothetical model."""
GPT6_PARAMETERS_IN_MEMORY = 1e12
"""What the sheet's question about memory takes instead."""
H200_FLOP_PER_SECOND = 1.98e15
"""NVIDIA's data sheet, dense 8-bit; the sheet's number."""
H200_BYTES_PER_SECOND = 4.8e12
H200_WATTS = 700
H200_BYTES = 100e9
"""Rounded down from 141 GB by the sheet."""
H200_USD_PER_HOUR = 1.5


# q5c: the fitted laws N = 0.1 C^0.5 and D = 1.7 C^0.5

N_PREFACTOR, D_PREFACTOR, LAW_EXPONENT = 0.1, 1.7, 0.5


def compute() -> float:
    """FLOP for which the law asks for a model of GPT-6's size."""
    return float((GPT6_PARAMETERS / N_PREFACTOR) ** (1 / LAW_EXPONENT))


COMPUTE = compute()


def training_tokens(compute: float = COMPUTE) -> float:
    """Tokens that go with this compute."""
    return float(D_PREFACTOR * compute**LAW_EXPONENT)


# q5d: a data set in books

DATASET_TOKENS = 1e15
TOKENS_PER_WORD = 1.4
WORDS_PER_PAGE = 400
PAGES_PER_BOOK = 300
LIBRARY_BOOKS = 4e7
"""Google Books says that it has scanned more than 40 million."""


def words() -> float:
    """Words in the data set."""
    return DATASET_TOKENS / TOKENS_PER_WORD


WORDS = words()


def pages(words: float = WORDS) -> float:
    """Pages that these words fill."""
    return words / WORDS_PER_PAGE


PAGES = pages()


def books(pages: float = PAGES) -> float:
    """Books that these pages fill."""
    return pages / PAGES_PER_BOOK


BOOKS = books()


def library_books() -> float:
    """Books of a large library."""
    return LIBRARY_BOOKS


def vs_library(books: float = BOOKS, library_books: float = LIBRARY_BOOKS) -> float:
    """How many such libraries the data set is worth."""
    return books / library_books


# q5e: memory for parameters


def bytes_1B() -> float:
    """Bytes of a model of one billion parameters."""
    return BYTES_PER_PARAMETER * 1e9


def params() -> float:
    """Parameters of the model that is to be stored."""
    return GPT6_PARAMETERS_IN_MEMORY


def bytes_gpt6(params: float = GPT6_PARAMETERS_IN_MEMORY) -> float:
    """Bytes of its parameters."""
    return BYTES_PER_PARAMETER * params


BYTES_GPT6 = bytes_gpt6()


def gpus(bytes_gpt6: float = BYTES_GPT6) -> float:
    """GPUs whose memory holds them."""
    return bytes_gpt6 / H200_BYTES


# q5f: the price of keeping them

SSD_USD_PER_MEGABYTE = 0.00005
DRAM_USD_PER_MEGABYTE = 0.0040


def megabytes() -> float:
    """Megabytes of GPT-6's parameters."""
    return BYTES_PER_PARAMETER * GPT6_PARAMETERS / BYTES_PER_MEGABYTE


MEGABYTES = megabytes()


def ssd_cost(megabytes: float = MEGABYTES) -> float:
    """Dollars for flash storage."""
    return megabytes * SSD_USD_PER_MEGABYTE


def dram_cost(megabytes: float = MEGABYTES) -> float:
    """Dollars for main memory."""
    return megabytes * DRAM_USD_PER_MEGABYTE


# q5g: latency from memory bandwidth


def gpt6_seconds() -> float:
    """Seconds to stream all of GPT-6's parameters once: the least time per token."""
    return BYTES_PER_PARAMETER * GPT6_PARAMETERS / H200_BYTES_PER_SECOND


GPT6_SECONDS = gpt6_seconds()


def gpt6_tokens_per_min(gpt6_seconds: float = GPT6_SECONDS) -> float:
    """Tokens per minute at that latency."""
    return SECONDS_PER_MINUTE / gpt6_seconds


def gpt3_seconds() -> float:
    """Seconds to stream all of GPT-3's parameters once."""
    return BYTES_PER_PARAMETER * GPT3_PARAMETERS / H200_BYTES_PER_SECOND


GPT3_SECONDS = gpt3_seconds()


def gpt3_tokens_per_min(gpt3_seconds: float = GPT3_SECONDS) -> float:
    """Tokens per minute at that latency."""
    return SECONDS_PER_MINUTE / gpt3_seconds


def activation_bytes_per_token() -> float:
    """Bytes of one vector per head and layer for one token."""
    return float(GPT3_LAYERS * GPT3_HEADS * GPT3_HEAD_SIZE * BYTES_PER_PARAMETER)


ACTIVATION_BYTES = activation_bytes_per_token()


def batch_tokens(activation_bytes_per_token: float = ACTIVATION_BYTES) -> float:
    """Tokens whose activations take as much memory as GPT-3's parameters."""
    return BYTES_PER_PARAMETER * GPT3_PARAMETERS / activation_bytes_per_token


# q5h: training compute in dollars

GPUS_IN_CLUSTER = 30e6


def pf_day() -> float:
    """FLOP in a petaFLOP-day."""
    return PETA * HOURS_PER_DAY * SECONDS_PER_HOUR


PF_DAY = pf_day()


def h200_hours_per_pf_day(pf_day: float = PF_DAY) -> float:
    """Hours that one H200 needs for it."""
    return pf_day / H200_FLOP_PER_SECOND / SECONDS_PER_HOUR


H200_HOURS_PER_PF_DAY = h200_hours_per_pf_day()


def usd_per_pf_day(h200_hours_per_pf_day: float = H200_HOURS_PER_PF_DAY) -> float:
    """Dollars for it."""
    return h200_hours_per_pf_day * H200_USD_PER_HOUR


USD_PER_PF_DAY = usd_per_pf_day()


def gpt3_usd(usd_per_pf_day: float = USD_PER_PF_DAY) -> float:
    """Dollars to train GPT-3 on rented H200s."""
    return GPT3_PETAFLOP_DAYS * usd_per_pf_day


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


def wall_days(gpt6_hours: float = GPT6_HOURS) -> float:
    """Days on the cluster."""
    return gpt6_hours / GPUS_IN_CLUSTER / HOURS_PER_DAY


# q5j: inference

GPT5_PARAMETERS = 1e12
FLOP_PER_PARAMETER_AND_TOKEN = 2
"""A multiplication and an addition in the forward pass."""
BATCH_TOKENS = 1e6
USD_PER_BATCH = 120
DEVELOPMENT_USD = 1e9
WORDS_PER_ESSAY = 1000


def flops() -> float:
    """FLOP for a million tokens."""
    return FLOP_PER_PARAMETER_AND_TOKEN * GPT5_PARAMETERS * BATCH_TOKENS


FLOPS = flops()


def hours(flops: float = FLOPS, utilisation: float = 1.0) -> float:
    """H200-hours for them, at this share of the peak."""
    return flops / (H200_FLOP_PER_SECOND * utilisation) / SECONDS_PER_HOUR


HOURS = hours()


def usd(hours: float = HOURS) -> float:
    """Dollars for these hours."""
    return hours * H200_USD_PER_HOUR


def sold_tokens() -> float:
    """Tokens to sell until the development is paid."""
    return DEVELOPMENT_USD / USD_PER_BATCH * BATCH_TOKENS


SOLD_TOKENS = sold_tokens()


def essays(tokens: float = SOLD_TOKENS) -> float:
    """Essays in these tokens."""
    return tokens / (WORDS_PER_ESSAY * TOKENS_PER_WORD)


# q5k: Landauer's limit

JOULES_PER_BIT = 3e-21
"""k_B T ln 2 at room temperature, rounded by the sheet (2.87e-21 at 300 K)."""
BITS_PER_FLOP = 32


def joules_per_flop() -> float:
    """Least energy of an operation that forgets 32 bits."""
    return JOULES_PER_BIT * BITS_PER_FLOP


JOULES_PER_FLOP = joules_per_flop()


def watts(joules_per_flop: float = JOULES_PER_FLOP) -> float:
    """Least power at an H200's throughput."""
    return joules_per_flop * H200_FLOP_PER_SECOND


WATTS = watts()


def ratio(watts: float = WATTS) -> float:
    """How far an H200 is above it."""
    return H200_WATTS / watts


# q5l: carbon

GPT3_TONNES = 552
"""CO2 of training GPT-3, Patterson et al. 2021, table 4."""
USD_PER_TONNE = 112
GPT3_TRAINING_USD = 6e6
"""Given in this question; q5h's own estimate is for newer hardware at full use."""
KG_PER_TONNE = 1000
CO2_PER_BEEF = 50
"""kg per kg, the sheet's number."""
BEEF_PER_BURGER = 0.113


def carbon_usd() -> float:
    """Dollars for the emissions of training GPT-3."""
    return float(GPT3_TONNES * USD_PER_TONNE)


CARBON_USD = carbon_usd()


def percent(carbon_usd: float = CARBON_USD) -> float:
    """The same in percent of the training cost."""
    return 100 * carbon_usd / GPT3_TRAINING_USD


def burgers() -> float:
    """Burgers with the same emissions."""
    return GPT3_TONNES * KG_PER_TONNE / CO2_PER_BEEF / BEEF_PER_BURGER
