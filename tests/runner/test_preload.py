"""What is set up before student code, so that it runs as everywhere, but sooner."""

import pytest
import torch

from grader.runner.preload import seed_present_devices

ABSENT = [kind for kind in ("cuda", "xpu", "mtia") if torch.accelerator.current_accelerator() != torch.device(kind)]


@pytest.fixture
def seeding(monkeypatch):
    for kind in ABSENT:
        device = torch.get_device_module(kind)
        monkeypatch.setattr(device, "manual_seed_all", device.manual_seed_all)  # put back afterwards
    seed_present_devices()


@pytest.mark.parametrize("seed", [0, 1, -1, 2**63 - 1])
def test_a_seed_gives_the_same_numbers(seed, seeding):
    expected = torch.rand(3, generator=torch.Generator().manual_seed(seed))
    assert torch.manual_seed(seed) is torch.default_generator
    assert torch.equal(torch.rand(3), expected)
    assert torch.initial_seed() == torch.Generator().manual_seed(seed).initial_seed()


@pytest.mark.parametrize("kind", ABSENT)
def test_nothing_is_noted_for_a_device_that_this_torch_is_not_built_for(kind, seeding):
    device = torch.get_device_module(kind)
    before = len(device._queued_calls)
    torch.manual_seed(5)
    device.manual_seed_all(5)
    assert len(device._queued_calls) == before
