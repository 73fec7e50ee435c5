"""The formulas that answers are held against, derived a second way or evaluated at numbers that the sheet prints."""

import math

import pytest
import sympy as sp
import torch

from reference import chinchilla, circuits, fermi, heads, lora, soft_prompts, tinyml

POINT = {"A": 3.0, "B": 5.0, "C": 7e5, "C_0": 6.0, "L_0": 1.1, "alpha": 0.4, "beta": 0.3}


def at(expression, **values):
    symbols = {str(symbol): symbol for symbol in expression.free_symbols}
    return float(expression.evalf(subs={symbols[name]: value for name, value in values.items() if name in symbols}))


class TestAnswersInTheirOwnNotation:
    @pytest.mark.parametrize(
        ("derived", "printed"),
        [
            (lora.grad_A, "G*B.T"),
            (lora.grad_B, "A.T*G"),
            (circuits.zero_layer_logits, "W_U*W_E*T"),
            (circuits.score, "X_i.T*W_Q.T*W_K*X_j"),
            (circuits.W_QK, "W_Q.T*W_K"),
            (circuits.final_stream, "W_OV1*X0*A1.T + W_OV2*X0*A2.T + X0"),
            (circuits.svd_output, "sigma_1*U_1*V_1.T*X + sigma_2*U_2*V_2.T*X"),
            (soft_prompts.inner, "(-eta)*H_tr*(-c_tr + phi) + phi"),
            (soft_prompts.outer, "((-eta)*H_tr + I)*H_val*(-c_val + phi_i)"),
            (tinyml.scale, "(r_max - r_min)/(q_max - q_min)"),
            (tinyml.zero_point, "round(q_min - r_min/S)"),
        ],
    )
    def test_prints(self, derived, printed):
        assert str(derived()) == printed


class TestLora:
    def test_gradients_vanish_only_together_with_a_factor(self):
        assert (lora.grad_A_at_zero(), lora.grad_B_at_zero()) == (0, 0)

    def test_break_even_costs_as_much_as_a_full_update(self):
        rank = lora.break_even()
        assert sp.simplify(lora.adapter_bytes().subs(lora.k, rank) - lora.full_bytes()) == 0

    def test_variance_is_that_of_torch_s_xavier(self):
        torch.manual_seed(0)
        init = torch.nn.init.xavier_uniform_
        products = torch.stack([init(torch.empty(6, 3)) @ init(torch.empty(3, 4)) for _ in range(2000)])
        assert products.var().item() == pytest.approx(at(lora.variance(), m=6, k=3, l=4), rel=0.05)


class TestChinchilla:
    def test_the_optimum_is_a_minimum(self):
        best = at(chinchilla.N_opt(), **POINT)
        losses = [at(chinchilla.L_of_N(), N=best * factor, **POINT) for factor in (0.9, 1, 1.1)]
        assert losses[1] < min(losses[0], losses[2])
        assert at(chinchilla.dL_dN(), N=best, **POINT) == pytest.approx(0, abs=1e-15)

    def test_the_budget_is_spent(self):
        spent = POINT["C_0"] * at(chinchilla.N_opt(), **POINT) * at(chinchilla.D_opt(), **POINT)
        assert spent == pytest.approx(POINT["C"])

    def test_loss_at_the_optimum_in_short(self):
        best = at(chinchilla.N_opt(), **POINT)
        short = POINT["L_0"] + POINT["A"] * (1 + POINT["alpha"] / POINT["beta"]) * best ** -POINT["alpha"]
        assert at(chinchilla.L_opt(), **POINT) == pytest.approx(short)

    def test_the_sheet_s_numbers(self):
        assert chinchilla.exponent_N() == pytest.approx(0.451613, abs=1e-6)
        assert chinchilla.exponent_D() == pytest.approx(0.548387, abs=1e-6)
        assert chinchilla.prefactor_N() == pytest.approx(0.598695, abs=1e-6)
        assert chinchilla.prefactor_D() == pytest.approx(0.278383, abs=1e-6)

    def test_the_second_prefactor_follows_from_the_first(self):
        assert chinchilla.prefactor_D(chinchilla.prefactor_N()) == pytest.approx(chinchilla.prefactor_D())


FERMI = {
    "compute": 1e30,
    "training_tokens": 1.7e15,
    "words": 7.143e14,
    "pages": 1.786e12,
    "books": 5.952e9,
    "bytes_1B": 2e9,
    "bytes_gpt6": 2e12,
    "gpus": 20,
    "megabytes": 2e8,
    "ssd_cost": 10_000,
    "dram_cost": 800_000,
    "gpt6_seconds": 41.667,
    "gpt6_tokens_per_min": 1.44,
    "gpt3_bytes": 350e9,
    "gpt3_seconds": 0.072917,
    "gpt3_tokens_per_min": 822.9,
    "activation_bytes_per_token": 2.359e6,
    "batch_tokens": 148_349,
    "pf_day": 8.64e19,
    "h200_hours_per_pf_day": 12.12,
    "usd_per_pf_day": 18.18,
    "gpt3_usd": 66_182,
    "gpt6_pf_days": 1.1574e10,
    "gpt6_usd": 2.104e11,
    "gpt6_hours": 1.4029e11,
    "wall_hours": 4676.4,
    "wall_days": 194.8,
    "wall_years": 0.5335,
    "flops": 2e18,
    "hours": 0.28058,
    "usd": 0.4209,
    "sold_tokens": 8.333e12,
    "essays": 5.952e9,
    "joules_per_flop": 9.6e-20,
    "watts": 1.901e-4,
    "ratio": 3.683e6,
    "carbon_usd": 61_824,
    "percent": 1.03,
    "total_usd": 6_061_824,
    "beef": 11_040,
    "burgers": 97_699,
}


class TestFermi:
    @pytest.mark.parametrize(("name", "value"), FERMI.items())
    def test_number(self, name, value):
        assert getattr(fermi, name)() == pytest.approx(value, rel=1e-3)

    @pytest.mark.parametrize(
        ("follows", "value"),
        [
            (lambda: fermi.gpus(fermi.bytes_gpt6(1e14)), 2000),
            (lambda: fermi.wall_days(fermi.gpt6_hours(fermi.gpt6_pf_days(1e29))), 19.48),
            (lambda: fermi.usd(fermi.hours(utilisation=0.15)), 2.806),
            (lambda: fermi.vs_library(library_books=2e7), 297.6),
            (lambda: fermi.wall_years(fermi.wall_days(wall_hours=fermi.wall_hours(1.4029e10))), 0.05335),
            (lambda: fermi.batch_tokens(gpt3_bytes=175e9), 74_175),
            (lambda: fermi.burgers(11.04), 97.699),
        ],
        ids=[
            "gpus of 1e14",
            "a tenth of the compute",
            "a GPU used to 15 %",
            "a smaller library",
            "a tenth of the hours",
            "one byte each",
            "tonnes",
        ],
    )
    def test_follows_from_an_earlier_number(self, follows, value):
        assert follows() == pytest.approx(value, rel=1e-3)


class TestSoftPrompts:
    def test_outputs_lie_one_before_their_targets(self):
        assert soft_prompts.outputs() == set(range(50, 72))
        assert soft_prompts.outputs_from_zero() == set(range(49, 71))

    def test_the_mask_selects_these_outputs(self):
        mask = soft_prompts.loss_mask(100, (51, 70), 71, 72)
        assert {i + 1 for i in mask.nonzero().flatten().tolist()} == soft_prompts.outputs()


class TestTinyml:
    def test_what_a_third_of_the_channels_costs(self):
        assert tinyml.compute_ratio_value() == pytest.approx(0.49)
        assert tinyml.vgg_ratio() == pytest.approx(0.504, rel=1e-3)

    def test_the_range_s_ends_become_the_integers_ends(self):
        both = [tinyml.r_max_equation(), tinyml.r_min_equation()]
        solved = {tinyml.S: tinyml.scale(), tinyml.Z: tinyml.zero_point_exact().subs(tinyml.S, tinyml.scale())}
        assert all(sp.simplify(equation.lhs - equation.rhs.subs(solved)) == 0 for equation in both)


class TestHeads:
    def test_the_sheet_s_example(self):
        X = torch.tensor([[0.0, 1], [1, 1], [1, 2]], dtype=torch.float64)
        W = torch.tensor([[1.0, 1], [0, 0]], dtype=torch.float64)
        printed = torch.tensor([[1, 0], [1.7310586, 0], [2.5752104, 0]], dtype=torch.float64)
        assert torch.allclose(heads.single_attention_head(X, W, W), printed, atol=1e-7)

    def test_copies_what_followed(self):
        E = torch.cat([torch.eye(4)[[0, 1, 2, 3, 0]], torch.eye(5)], dim=1).double()
        rest = 1 / (3 + math.exp(10))
        assert heads.induction_copy_head(E, 10).tolist() == pytest.approx([rest, 1 - 3 * rest, rest, rest])
