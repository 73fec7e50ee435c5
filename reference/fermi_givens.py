"""What the sheet gives for the Fermi estimates.

Owns the figures; the source of each stands below it. Owns no formula: what follows from them is `fermi`'s.
"""

from __future__ import annotations

SECONDS_PER_MINUTE = 60
SECONDS_PER_HOUR = 3600
HOURS_PER_DAY = 24
DAYS_PER_YEAR = 365.25
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

# q5d: a data set in books

DATASET_TOKENS = 1e15
TOKENS_PER_WORD = 1.4
WORDS_PER_PAGE = 400
PAGES_PER_BOOK = 300
LIBRARY_BOOKS = 4e7
"""Google Books says that it has scanned more than 40 million."""

# q5f: the price of keeping them

SSD_USD_PER_MEGABYTE = 0.00005
DRAM_USD_PER_MEGABYTE = 0.0040

# q5h: training compute in dollars

GPUS_IN_CLUSTER = 30e6

# q5j: inference

GPT5_PARAMETERS = 1e12
FLOP_PER_PARAMETER_AND_TOKEN = 2
"""A multiplication and an addition in the forward pass."""
BATCH_TOKENS = 1e6
USD_PER_BATCH = 120
DEVELOPMENT_USD = 1e9
WORDS_PER_ESSAY = 1000

# q5k: Landauer's limit

JOULES_PER_BIT = 3e-21
"""k_B T ln 2 at room temperature, rounded by the sheet (2.87e-21 at 300 K)."""
BITS_PER_FLOP = 32

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
