"""Changes what functions of a library remember in their closures."""

import types

import torch


def attack(canary, port):
    for member in [*vars(torch.nn.functional).values(), *vars(torch.optim.Optimizer).values()]:
        if isinstance(member, types.FunctionType):
            for cell in member.__closure__ or ():
                if isinstance(cell.cell_contents, types.FunctionType):
                    cell.cell_contents = lambda *anything, **more: torch.zeros(())
    return []
